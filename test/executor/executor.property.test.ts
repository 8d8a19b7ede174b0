import { setImmediate } from 'node:timers/promises';
import { makeExecutableSchema } from '@graphql-tools/schema';
import fc from 'fast-check';
import {
  execute,
  type ExecutionResult,
  type FormattedExecutionResult,
  getOperationAST,
  type GraphQLResolveInfo,
  parse,
  validate,
} from 'graphql';
import { createExecutor } from '../../src/executor/executor.ts';
import { JsonData, serialize } from '../../src/executor/serialized-data.ts';

/** Everything that a schema can be made of, and nothing of this product's. */
const TYPES = `
  type Query {
    thing(id: Int, tag: String = "none"): Thing
    strict: Thing!
    things: [Thing!]
    named: [Named]!
    mixed: [Any!]!
    matrix: [[Int!]]
  }
  interface Named { name: String! }
  type Thing implements Named {
    name: String!
    count: Int
    ratio: Float!
    tags: [String!]
    echo(text: String): String
    other: Thing
    must: Thing!
    any: Any
    kind: Kind
  }
  type Widget implements Named { name: String! size: Int! thing: Thing }
  union Any = Thing | Widget
  enum Kind { A B }
`;

interface Scenario {
  readonly seed: number;
  /** Of a thousand values, how many are not what they should be. */
  readonly trouble: number;
  /** Of a thousand, how many come later. */
  readonly asyncRate: number;
}

/** What a field returns depends on where it is, and on the world. */
type Resolve = (
  source: unknown,
  args: Record<string, unknown>,
  world: Scenario,
  info: GraphQLResolveInfo,
) => unknown;

function hash(text: string): number {
  let value = 2166136261;
  for (const char of text) value = Math.imul(value ^ char.charCodeAt(0), 16777619);
  return (value ^ (value >>> 15)) >>> 0;
}

function pathOf({ path }: GraphQLResolveInfo): string {
  const keys: (string | number)[] = [];
  for (let at: GraphQLResolveInfo['path'] | undefined = path; at; at = at.prev)
    keys.unshift(at.key);
  return keys.join('.');
}

const faulty = (
  value: (random: number, args: Record<string, unknown>, isLate: boolean) => unknown,
): Resolve => {
  return (_source, args, { seed, trouble, asyncRate }, info) => {
    const where = pathOf(info);
    const random = hash(`${seed}:${where}`);
    const isLate = hash(`late:${seed}:${where}`) % 1000 < asyncRate;
    const make = (): unknown => {
      if (hash(`trouble:${seed}:${where}`) % 1000 >= trouble)
        return value(random, args, asyncRate > 0);
      switch (random % 5) {
        case 0:
          return null;
        case 1:
          return undefined;
        case 2:
          throw new Error(`thrown at ${where}`);
        case 3:
          return new Error(`returned at ${where}`);
        default:
          return { not: 'what it should be' };
      }
    };
    return isLate ? Promise.resolve().then(make) : make();
  };
};

const TEXTS = [
  'plain',
  'with "quotes" and \\',
  'line\nbreak\u2028',
  'ünïcödé 𝄞',
  '\ud800 alone',
  '',
];
const text = faulty((random) => TEXTS[random % TEXTS.length]);
const thing = faulty(() => ({ kind: 'B', count: () => 7 }));
const many = (one: (index: number, isLate: boolean) => unknown) =>
  faulty((random, _args, isLate) =>
    Array.from({ length: random % 4 }, (_, index) => one(index, isLate)),
  );
const either = (index: number) =>
  index % 2 === 0 ? { __typename: 'Thing', kind: 'A' } : { __typename: 'Widget', size: index };

const schema = makeExecutableSchema({
  typeDefs: TYPES,
  resolvers: {
    Query: {
      thing,
      strict: thing,
      things: many((index, isLate) => (index > 0 && isLate ? Promise.resolve({}) : {})),
      named: many(either),
      mixed: many(either),
      matrix: many((index) => (index === 1 ? null : [index, index === 2 ? null : 1])),
    },
    Thing: {
      name: text,
      ratio: faulty((random) => random / 7),
      tags: many((index) => TEXTS[index]),
      echo: faulty((_dice, args) => args.text),
      other: thing,
      must: thing,
      any: faulty((random) => either(random % 2)),
    },
    Widget: { name: text, thing },
    Any: { __resolveType: ({ __typename: name }: { __typename?: string }) => name },
    Named: { __resolveType: ({ __typename: name }: { __typename?: string }) => name },
  },
});

const FIELDS: Readonly<Record<string, readonly (readonly [field: string, type?: string])[]>> = {
  Query: [
    ['thing', 'Thing'],
    ['thing(id: $id)', 'Thing'],
    ['strict', 'Thing'],
    ['things', 'Thing'],
    ['named', 'Named'],
    ['mixed', 'Any'],
    ['matrix'],
    ['__typename'],
  ],
  Thing: [
    ['name'],
    ['count'],
    ['ratio'],
    ['tags'],
    ['echo(text: $text)'],
    ['echo(text: "literal")'],
    ['other', 'Thing'],
    ['must', 'Thing'],
    ['any', 'Any'],
    ['kind'],
    ['__typename'],
  ],
  Widget: [['name'], ['size'], ['thing', 'Thing'], ['__typename']],
  Named: [['name'], ['__typename']],
  Any: [['__typename']],
};
const PARTS: Readonly<Record<string, readonly string[]>> = {
  Named: ['Thing', 'Widget', 'Named'],
  Any: ['Thing', 'Widget', 'Named', 'Any'],
  Thing: ['Thing', 'Named', 'Any'],
  Widget: ['Widget', 'Named', 'Any'],
  Query: ['Query'],
};

/** A selection of a type, fragments and conditions included. */
function selection(type: string, depth: number): fc.Arbitrary<string> {
  const fields = (FIELDS[type] ?? []).filter(([, inner]) => inner === undefined || depth > 0);
  const field = fc
    .tuple(fc.constantFrom(...fields), fc.constantFrom('', '', 'a: ', 'b: ', 'proto: '), condition)
    .chain(([[name, inner], alias, when]) => {
      const own = `${aliasFor(alias, name)}${name}${when}`;
      return inner === undefined
        ? fc.constant(own)
        : selection(inner, depth - 1).map((below) => `${own} ${below}`);
    });
  const fragment = fc
    .tuple(fc.constantFrom(...(PARTS[type] ?? [type])), condition)
    .chain(([part, when]) =>
      selection(part, Math.max(depth - 1, 0)).map((below) => `... on ${part}${when} ${below}`),
    );
  const item = depth > 0 ? fc.oneof({ weight: 4, arbitrary: field }, fragment) : field;
  return fc.array(item, { minLength: 1, maxLength: 5 }).map((items) => `{ ${items.join(' ')} }`);
}

const condition = fc.constantFrom(
  '',
  '',
  '',
  ' @include(if: $yes)',
  ' @skip(if: $no)',
  ' @skip(if: $yes)',
);

/** One alias always means the same field, or the document would not be valid. */
function aliasFor(alias: string, name: string): string {
  return alias === '' ? '' : `${alias.slice(0, -2)}_${name.replace(/\W/g, '')}: `;
}

const documents = selection('Query', 3).map(
  (body) => `query Q($id: Int, $text: String, $yes: Boolean!, $no: Boolean! = false) ${body}`,
);
const variables = fc.record(
  {
    id: fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constant(null)),
    text: fc.constantFrom(...TEXTS, null),
    yes: fc.boolean(),
    no: fc.boolean(),
  },
  { requiredKeys: ['yes'] },
);
const run = createExecutor(schema);

interface Both {
  readonly planned: ExecutionResult;
  readonly expected: ExecutionResult;
}

/** Rejections that nobody heard of: they end a process. */
const unhandledRejections: unknown[] = [];
const note = (reason: unknown) => void unhandledRejections.push(reason);
beforeAll(() => process.on('unhandledRejection', note));
afterAll(() => process.off('unhandledRejection', note));

async function both(source: string, values: object, world: Scenario): Promise<Both | undefined> {
  const document = parse(source);
  if (validate(schema, document).length > 0) return undefined;
  const variableValues = values as Record<string, unknown>;
  const result = await run({
    document,
    operation: getOperationAST(document) ?? undefined,
    operationName: undefined,
    variables: variableValues,
    context: world,
  });
  expect(result.data).toBeInstanceOf(JsonData);
  const planned = JSON.parse(
    String(serialize(result as FormattedExecutionResult)),
  ) as ExecutionResult;
  await setImmediate();
  expect(unhandledRejections).toEqual([]);
  // What comes later makes no other answer. Of graphql-js it makes errors that nobody hears of.
  const contextValue: Scenario = { ...world, asyncRate: 0 };
  const expected = await execute({ schema, document, variableValues, contextValue });
  return { planned, expected };
}

/** Of resolvers and of nulls; what else goes wrong is a defect, and worded by whoever found it. */
const PUBLIC = /^(?:thrown at|returned at|Cannot return null)/;

const errorsOf = ({ errors = [] }: ExecutionResult) =>
  errors
    .map(({ message, path, locations }) =>
      JSON.stringify([PUBLIC.test(message) ? message : 'defect', path, locations]),
    )
    .sort();

/** In the order of its keys too. */
const dataOf = ({ data }: ExecutionResult) => JSON.stringify(data);

describe('a planned operation', () => {
  it('gives what graphql-js gives, errors included, where everything is there at once', () =>
    fc.assert(
      fc.asyncProperty(
        documents,
        variables,
        fc.record({
          seed: fc.nat(),
          trouble: fc.constantFrom(0, 30, 200),
          asyncRate: fc.constant(0),
        }),
        async (source, values, world) => {
          const results = await both(source, values, world);
          fc.pre(results !== undefined);
          expect(dataOf(results.planned)).toBe(dataOf(results.expected));
          expect(errorsOf(results.planned)).toEqual(errorsOf(results.expected));
        },
      ),
      { numRuns: 1000 },
    ));

  // Which errors of a part that has become null are heard of depends on which came first.
  it('gives the same data where some of it comes later, and errors where there are some', () =>
    fc.assert(
      fc.asyncProperty(
        documents,
        variables,
        fc.record({
          seed: fc.nat(),
          trouble: fc.constantFrom(0, 30, 200),
          asyncRate: fc.constant(300),
        }),
        async (source, values, world) => {
          const results = await both(source, values, world);
          fc.pre(results !== undefined);
          expect(dataOf(results.planned)).toBe(dataOf(results.expected));
          expect(errorsOf(results.planned).length > 0).toBe(errorsOf(results.expected).length > 0);
        },
      ),
      { numRuns: 500 },
    ));
});
