import assert from 'node:assert/strict';
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

/** A schema with every kind of type. It shares nothing with this product's schema. */
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
  /** How many of a thousand values are wrong. */
  readonly trouble: number;
  /** How many of a thousand values are promises. */
  readonly asyncRate: number;
}

/** The value of a field depends only on its path and on the scenario. */
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

/** Selections of a type, with fragments and conditions, valid by construction. */
function selection(type: string, depth: number, minLength = 1): fc.Arbitrary<string> {
  const fields = (FIELDS[type] ?? []).filter(([, inner]) => inner === undefined || depth > 0);
  const field = fc
    .tuple(fc.constantFrom(...fields), fc.constantFrom('', '', 'a_', 'b_', 'proto_'), condition)
    .chain(([[name, inner], prefix, when]) => {
      const own = `${aliasFor(prefix, name)}${name}${when}`;
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
  return fc.array(item, { minLength, maxLength: 5 }).map((items) => `{ ${items.join(' ')} }`);
}

const condition = fc.constantFrom(
  '',
  '',
  '',
  ' @include(if: $yes)',
  ' @skip(if: $no)',
  ' @skip(if: $yes)',
);

/**
 * One response name always means one field with the same arguments, so that fields never conflict.
 */
function aliasFor(prefix: string, field: string): string {
  const needsAlias = prefix !== '' || FIELDS_THAT_CONFLICT.has(field);
  return needsAlias ? `${prefix}${field.replace(/\W/g, '')}: ` : '';
}

const FIELDS_THAT_CONFLICT = new Set(['thing(id: $id)', 'echo(text: "literal")']);

const DECLARATIONS: Readonly<Record<string, string>> = {
  $id: '$id: Int',
  $text: '$text: String',
  $yes: '$yes: Boolean!',
  $no: '$no: Boolean! = false',
};

/** Four root fields at least: shorter documents rarely combine several causes of errors. */
const documents = selection('Query', 3, 4).map((body) => {
  const used = Object.keys(DECLARATIONS).filter((name) => body.includes(name));
  const declared = used.map((name) => DECLARATIONS[name]).join(', ');
  return `query Q${declared && `(${declared})`} ${body}`;
});
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

/** Unhandled rejections end a process. */
const unhandledRejections: unknown[] = [];
const note = (reason: unknown) => void unhandledRejections.push(reason);
beforeAll(() => process.on('unhandledRejection', note));
afterAll(() => process.off('unhandledRejection', note));

async function both(source: string, values: object, world: Scenario): Promise<Both> {
  const document = parse(source);
  const variableValues = values as Record<string, unknown>;
  const result = await run({
    document,
    operation: getOperationAST(document) ?? undefined,
    operationName: undefined,
    variables: variableValues,
    context: world,
  });
  assert(result.data instanceof JsonData);
  const planned = JSON.parse(
    String(serialize(result as FormattedExecutionResult)),
  ) as ExecutionResult;
  await setImmediate();
  assert.deepEqual(unhandledRejections, []);
  // Promises do not change the response. With them, graphql-js has unhandled rejections.
  const contextValue: Scenario = { ...world, asyncRate: 0 };
  const expected = await execute({ schema, document, variableValues, contextValue });
  return { planned, expected };
}

/** Errors of resolvers and of nulls. Other messages may differ from those of graphql-js. */
const PUBLIC = /^(?:thrown at|returned at|Cannot return null)/;

const errorsOf = ({ errors = [] }: ExecutionResult) =>
  errors
    .map(({ message, path, locations }) =>
      JSON.stringify([PUBLIC.test(message) ? message : 'defect', path, locations]),
    )
    .sort();

/** A string, because the order of the keys must be the same too. */
const dataOf = ({ data }: ExecutionResult) => JSON.stringify(data);

const scenarios = (asyncRate: number) =>
  fc.record({
    seed: fc.nat(),
    trouble: fc.constantFrom(0, 30, 200),
    asyncRate: fc.constant(asyncRate),
  });

// `expect` is slow: thousands of comparisons use `assert`.
describe('a compiled query', () => {
  it('is tested with valid documents', () => {
    fc.assert(
      fc.property(documents, (source) => {
        assert.deepEqual(validate(schema, parse(source)), []);
      }),
      { numRuns: 200 },
    );
  });

  it('returns the data and the errors of graphql-js when all values are available at once', () =>
    fc.assert(
      fc.asyncProperty(documents, variables, scenarios(0), async (source, values, world) => {
        const { planned, expected } = await both(source, values, world);
        assert.equal(dataOf(planned), dataOf(expected));
        assert.deepEqual(errorsOf(planned), errorsOf(expected));
      }),
      { numRuns: 1000 },
    ));

  // When a part becomes null, the errors that are reported for it depend on which came first.
  it('returns the data of graphql-js, and errors if graphql-js does, when some values are promises', () =>
    fc.assert(
      fc.asyncProperty(documents, variables, scenarios(300), async (source, values, world) => {
        const { planned, expected } = await both(source, values, world);
        assert.equal(dataOf(planned), dataOf(expected));
        assert.equal(errorsOf(planned).length > 0, errorsOf(expected).length > 0);
      }),
      { numRuns: 1000 },
    ));
});
