import fc from 'fast-check';
import {
  type Cursor,
  decodeCursor,
  encodeCursor,
  fingerprintOf,
  MAX_CURSOR_LENGTH,
} from '../../src/relay/cursor.ts';
import { InvalidArgument } from '../../src/relay/invalid-argument.ts';

const FINGERPRINT = fingerprintOf(['FAILED', 'DESC']);

const resumption = fc.record({
  since: fc.option(fc.integer()),
  token: fc.stringMatching(/^[!-~]{1,40}$/),
});
const cursor: fc.Arbitrary<Cursor> = fc.record(
  {
    fingerprint: fc.constant(FINGERPRINT),
    place: fc.record({
      submitTime: fc.option(fc.integer()),
      invocationArn: fc.string(),
      offset: fc.nat(),
    }),
    scan: fc.record({
      from: fc.constantFrom('start' as const, 'end' as const),
      resumptions: fc.dictionary(fc.string(), resumption),
    }),
  },
  { requiredKeys: ['fingerprint', 'place'] },
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
          expect(() => decodeCursor(damaged, FINGERPRINT)).toThrow(InvalidArgument);
        },
      ),
    );
  });

  it('is refused by another filter or order', () => {
    const text = encodeCursor({
      fingerprint: FINGERPRINT,
      place: { submitTime: 1, invocationArn: 'a', offset: 0 },
    });
    expect(() => decodeCursor(text, fingerprintOf(['FAILED', 'ASC']))).toThrow(/another filter/);
  });

  it('is refused whatever else it may be', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => decodeCursor(text, FINGERPRINT)).toThrow(InvalidArgument);
      }),
    );
  });
});
