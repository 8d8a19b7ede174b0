import fc from 'fast-check';
import { parseJson } from '../../../src/bedrock/sdk/parse-json.ts';

const PIECE_BYTES = 24;

function outcomeOf(parse: () => unknown): unknown {
  try {
    return { value: parse() };
  } catch {
    return 'no JSON';
  }
}

/** Text that may look like the seam of two objects, a list or the end of one. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('},{', '[{', '}]', '"', '{"a":1},{"b":2}', 'ünïcödé 𝄞'),
);
const { value } = fc.letrec<{ value: fc.JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.integer(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 4 }),
  ),
}));
const page = fc.tuple(fc.dictionary(text, value), text, fc.array(fc.dictionary(text, value)));
const json = fc.oneof(
  value.map((any) => JSON.stringify(any)),
  page.map(([around, name, list]) => JSON.stringify({ ...around, [name]: list })),
  page.map(([around, name, list]) => JSON.stringify({ [name]: list, ...around }, null, 1)),
);
/** JSON with a part of it left out or repeated: mostly no JSON any more. */
const damaged = fc.tuple(json, fc.nat(), fc.nat(), fc.boolean()).map(([whole, a, b, twice]) => {
  const [from, to] = [a % (whole.length + 1), b % (whole.length + 1)].sort((x, y) => x - y);
  return twice ? whole.slice(0, to) + whole.slice(from) : whole.slice(0, from) + whole.slice(to);
});

describe('reading JSON in pieces', () => {
  it('says what reading it as a whole says', () => {
    fc.assert(
      fc.property(fc.oneof(json, damaged), (written) => {
        const bytes = Buffer.from(written);
        // What UTF-8 cannot hold is not the reader's.
        const whole = outcomeOf(() => JSON.parse(bytes.toString()) as unknown);
        expect(outcomeOf(() => parseJson(bytes, PIECE_BYTES))).toEqual(whole);
      }),
      { numRuns: 2000 },
    );
  });
});
