import fc from 'fast-check';
import {
  type Cursor,
  decodeCursor,
  encodeCursor,
  fingerprintOf,
  MAX_CURSOR_LENGTH,
} from '../../src/relay/cursor.ts';
import { UserInputError } from '../../src/relay/user-input-error.ts';

const FINGERPRINT = fingerprintOf(['FAILED', 'DESC']);

const checkpoint = fc.record({
  since: fc.option(fc.integer()),
  token: fc.stringMatching(/^[!-~]{1,40}$/),
});
const cursor: fc.Arbitrary<Cursor> = fc.record(
  {
    fingerprint: fc.constant(FINGERPRINT),
    position: fc.record({
      submitTime: fc.option(fc.integer()),
      invocationArn: fc.string(),
      offset: fc.nat(),
    }),
    searchState: fc.record({
      from: fc.constantFrom('start' as const, 'end' as const),
      checkpoints: fc.dictionary(fc.string(), checkpoint),
    }),
  },
  { requiredKeys: ['fingerprint', 'position'] },
);

describe('cursors', () => {
  it('decode to what was encoded', () => {
    fc.assert(
      fc.property(cursor, (original) => {
        const text = encodeCursor(original);
        fc.pre(text.length <= MAX_CURSOR_LENGTH);
        expect(text).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(decodeCursor(text, FINGERPRINT)).toEqual(original);
      }),
    );
  });

  it('are rejected when any one character is changed', () => {
    fc.assert(
      fc.property(
        cursor,
        fc.nat(),
        fc.constantFrom('A', 'B', '_', '=', '+', ' '),
        (original, seed, replacement) => {
          const text = encodeCursor(original);
          const index = seed % text.length;
          fc.pre(text[index] !== replacement && text.length <= MAX_CURSOR_LENGTH);
          const damaged = text.slice(0, index) + replacement + text.slice(index + 1);
          expect(() => decodeCursor(damaged, FINGERPRINT)).toThrow(UserInputError);
        },
      ),
    );
  });

  it('are rejected by a connection with another filter or order', () => {
    const text = encodeCursor({
      fingerprint: FINGERPRINT,
      position: { submitTime: 1, invocationArn: 'a', offset: 0 },
    });
    expect(() => decodeCursor(text, fingerprintOf(['FAILED', 'ASC']))).toThrow(/another filter/);
  });

  it('are rejected when they are arbitrary text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => decodeCursor(text, FINGERPRINT)).toThrow(UserInputError);
      }),
    );
  });
});
