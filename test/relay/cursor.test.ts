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

describe('a cursor', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(cursor, (given) => {
        const text = encodeCursor(given);
        fc.pre(text.length <= MAX_CURSOR_LENGTH);
        expect(text).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(decodeCursor(text, FINGERPRINT)).toEqual(given);
      }),
    );
  });

  it('is refused with any one character changed', () => {
    fc.assert(
      fc.property(
        cursor,
        fc.nat(),
        fc.constantFrom('A', 'B', '_', '=', '+', ' '),
        (given, at, by) => {
          const text = encodeCursor(given);
          const index = at % text.length;
          fc.pre(text[index] !== by && text.length <= MAX_CURSOR_LENGTH);
          const damaged = text.slice(0, index) + by + text.slice(index + 1);
          expect(() => decodeCursor(damaged, FINGERPRINT)).toThrow(UserInputError);
        },
      ),
    );
  });

  it('is refused by another filter or order', () => {
    const text = encodeCursor({
      fingerprint: FINGERPRINT,
      position: { submitTime: 1, invocationArn: 'a', offset: 0 },
    });
    expect(() => decodeCursor(text, fingerprintOf(['FAILED', 'ASC']))).toThrow(/another filter/);
  });

  it('is refused whatever else it may be', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => decodeCursor(text, FINGERPRINT)).toThrow(UserInputError);
      }),
    );
  });
});
