import fc from 'fast-check';
import { parseJson } from '../../../src/bedrock/sdk/parse-json.ts';

const CHUNK_BYTES = 24;

function resultOf(parse: () => unknown): unknown {
  try {
    return { value: parse() };
  } catch {
    return 'invalid JSON';
  }
}

/** Text that may look like the end of an object and the start of the next, or like a list. */
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
  value.map((each) => JSON.stringify(each)),
  page.map(([rest, name, list]) => JSON.stringify({ ...rest, [name]: list })),
  page.map(([rest, name, list]) => JSON.stringify({ [name]: list, ...rest }, null, 1)),
);
/** JSON with a part of it removed or repeated. Most of it is no longer valid. */
const damaged = fc.tuple(json, fc.nat(), fc.nat(), fc.boolean()).map(([whole, a, b, repeats]) => {
  const [from, to] = [a % (whole.length + 1), b % (whole.length + 1)].sort((x, y) => x - y);
  return repeats ? whole.slice(0, to) + whole.slice(from) : whole.slice(0, from) + whole.slice(to);
});

describe('parseJson', () => {
  it('returns the same for chunks as for the whole text', () => {
    fc.assert(
      fc.property(fc.oneof(json, damaged), (jsonText) => {
        const bytes = Buffer.from(jsonText);
        // Decoded again, because UTF-8 cannot represent lone surrogates.
        const whole = resultOf(() => JSON.parse(bytes.toString()) as unknown);
        expect(resultOf(() => parseJson(bytes, CHUNK_BYTES))).toEqual(whole);
      }),
      { numRuns: 2000 },
    );
  });
});
