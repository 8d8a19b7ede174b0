import { type Gateway, startGateway } from '../harness/gateway.ts';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway({ emulator: { jobs: 5 } });
});
afterEach(() => {
  gateway.emulator.clearRequests();
});
afterAll(async () => {
  await gateway.stop();
});

const ROWS = [
  { id: 'a syntax error', query: '{', code: 'GRAPHQL_PARSE_FAILED' },
  { id: 'DOC-02 an unknown field', query: '{ asyncInvoke }', code: 'GRAPHQL_VALIDATION_FAILED' },
  {
    id: 'DOC-02 a misspelt field',
    query: '{ asyncInvokez { nodes { id } } }',
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    id: 'DOC-03 an unknown argument',
    query: '{ asyncInvokes(firts: 1) { nodes { id } } }',
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    id: 'DOC-04 an unknown operationName',
    query: 'query A { __typename }',
    operationName: 'B',
    code: 'OPERATION_RESOLUTION_FAILURE',
  },
  {
    id: 'DOC-06 a subscription',
    query: 'subscription { asyncInvokes { nodes { id } } }',
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    id: 'a mutation',
    query: 'mutation { startAsyncInvoke { id } }',
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    id: 'DOC-10 a cycle of fragments',
    query: '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    id: 'DOC-19 10 repetitions of a directive that is not repeatable',
    query: `{ __typename ${'@skip(if: false) '.repeat(10)} }`,
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    id: 'DOC-07 __schema in production',
    query: '{ __schema { types { name } } }',
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    id: 'DOC-08 __type in production',
    query: '{ __type(name: "Query") { name } }',
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
] as const;

const deep = (depth: number) => '{a'.repeat(depth) + '}'.repeat(depth);
const FRAGMENTS = Array.from(
  { length: 24 },
  (_, n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`,
);

const LIMITS = [
  {
    id: 'DOC-11 fragments that expand to 2^24 aliases',
    query: `{ ...F0 } ${FRAGMENTS.join(' ')} fragment F24 on Query { a: __typename }`,
    limit: 'MAX_ALIASES',
    max: 20,
  },
  {
    id: 'DOC-12 101 aliases of __typename',
    query: `{ ${Array.from({ length: 101 }, (_, n) => `a${n}: __typename`).join(' ')} }`,
    limit: 'MAX_ALIASES',
    max: 20,
  },
  {
    id: 'DOC-14 aliases in a fragment that is spread 8 times',
    query: `query { ${Array.from({ length: 8 }, (_, n) => `... @include(if: true) { f${n}: asyncInvoke(invocationArn: "arn:aws:s3:::x") { ...A } }`).join(' ')} }
      fragment A on AsyncInvokeSummary { a: id b: status }`,
    limit: 'MAX_ALIASES',
    max: 20,
  },
  {
    id: 'DOC-18 500 unknown directives',
    query: `{ __typename ${'@aa '.repeat(500)} }`,
    limit: 'MAX_DIRECTIVES',
    max: 20,
  },
  {
    id: '21 known directives',
    query: `{ asyncInvokes(first: 1) { nodes { ${'...@include(if: true) { id } '.repeat(21)} } } }`,
    limit: 'MAX_DIRECTIVES',
    max: 20,
  },
  {
    id: 'DOC-20 11 root fields',
    query: `{ ${Array.from({ length: 11 }, (_, n) => `a${n}: asyncInvokes { nodes { id } }`).join(' ')} }`,
    limit: 'MAX_ROOT_FIELDS',
    max: 10,
  },
  {
    id: 'fragments that expand to 2^24 fields',
    query: `{ asyncInvokes(first: 1) { nodes { ...F0 } } }
      ${FRAGMENTS.join(' ').replaceAll('on Query', 'on AsyncInvokeSummary')}
      fragment F24 on AsyncInvokeSummary { id }`,
    limit: 'MAX_FIELDS',
    max: 2000,
  },
  {
    id: 'a field 51 times in one place, including fragments',
    query: `{ asyncInvokes(first: 1) { nodes { ${'id '.repeat(25)} ...A } } } fragment A on AsyncInvokeSummary { ${'id '.repeat(26)} }`,
    limit: 'MAX_FIELD_CONFLICTS',
    max: 50,
  },
  {
    id: 'fragments spread 51 times in one place',
    query: `{ asyncInvokes(first: 1) { nodes { ${'...A '.repeat(51)} } } } fragment A on AsyncInvokeSummary { __typename }`,
    limit: 'MAX_FIELD_CONFLICTS',
    max: 50,
  },
  { id: 'fields that are nested 11 levels deep', query: deep(11), limit: 'MAX_DEPTH', max: 10 },
] as const;

describe('a document over a limit', () => {
  it.each(LIMITS)('$id: the error has the limit and its value', async ({ query, limit, max }) => {
    const response = await gateway.query(query);
    expect(response.status).toBe(400);
    expect(response.errors.length).toBeLessThanOrEqual(6);
    for (const { extensions } of response.errors) {
      expect(extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
    }
    expect(response.errors).toContainEqual(
      expect.objectContaining({ extensions: { code: 'GRAPHQL_VALIDATION_FAILED', limit, max } }),
    );
    expect(gateway.emulator.requests).toEqual([]);
  });

  it('DOC-16 more than 2000 tokens are a parse error with the limit', async () => {
    const response = await gateway.query(`{ ${'__typename '.repeat(2001)} }`);
    expect(response.status).toBe(400);
    expect(response.errors.map(({ extensions }) => extensions)).toEqual([
      { code: 'GRAPHQL_PARSE_FAILED', limit: 'MAX_DOCUMENT_TOKENS', max: 2000 },
    ]);
  });

  it('DOC-15 12 nested inline fragments add no depth', async () => {
    const inner = '... on Query {'.repeat(12);
    const { status, errors } = await gateway.query(
      `{ ${inner} asyncInvokes(first: 1) { nodes { id } } ${'}'.repeat(12)} }`,
    );
    expect([status, errors]).toEqual([200, []]);
    expect(gateway.emulator.requests).toHaveLength(1);
  });

  it('exactly as many aliases and root fields as allowed are accepted', async () => {
    const aliases = Array.from({ length: 20 }, (_, n) => `a${n}: id`).join(' ');
    const root = Array.from({ length: 9 }, () => '__typename').join(' ');
    const { status } = await gateway.query(
      `{ asyncInvokes(first: 1) { nodes { ${aliases} } } ${root} }`,
    );
    expect(status).toBe(200);
  });

  it('each operation of a document is measured separately', async () => {
    const aliases = Array.from({ length: 15 }, (_, n) => `a${n}: __typename`).join(' ');
    const response = await gateway.fetch({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: `query A { ...F } query B { ...F } fragment F on Query { asyncInvokes(first: 1) { nodes { ${aliases} } } }`,
        operationName: 'A',
      }),
    });
    expect([response.status, response.errors]).toEqual([200, []]);
  });
});

describe('the cost of an operation', () => {
  const MANY = Array.from(
    { length: 10 },
    (_, n) => `a${n}: asyncInvokes(first: $f) { nodes { id } }`,
  );

  it('DOC-22 includes page sizes in variables, and is in the error if it is too high', async () => {
    const response = await gateway.query(`query ($f: Int) { ${MANY.join(' ')} }`, { f: 1000 });
    expect(response.status).toBe(400);
    expect(response.errors.map(({ extensions }) => extensions)).toEqual([
      { code: 'COST_ESTIMATED_TOO_EXPENSIVE', limit: 'MAX_COST', max: 2000, cost: 10_010 },
    ]);
    expect(gateway.emulator.requests).toEqual([]);
  });

  it.each([
    ['first', 'query ($f: Int) { asyncInvokes(first: $f) { nodes { id } } }', { f: 7 }, 8],
    ['last', '{ asyncInvokes(last: 9) { nodes { id } } }', {}, 10],
    ['the default size', '{ asyncInvokes { nodes { id } } }', {}, 51],
    ['null', '{ asyncInvokes(first: null) { nodes { id } } }', {}, 51],
    ['a page size over the maximum', '{ asyncInvokes(first: 100000) { nodes { id } } }', {}, 1],
    ['ids', 'query ($i: [ID!]!) { nodes(ids: $i) { id } }', { i: ['x', 'y'] }, 3],
    ['a skipped field', '{ __typename asyncInvokes @skip(if: true) { nodes { id } } }', {}, 1],
    [
      'a field that is selected twice',
      '{ __typename ...A ...A } fragment A on Query { __typename }',
      {},
      1,
    ],
  ])('is 1 for each root field and 1 for each row: %s', async (_what, query, variables, cost) => {
    const before = gateway.logLines.length;
    await gateway.query(query, variables);
    const line = gateway.logLines.slice(before).find((each) => each.includes('"msg":"request"'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({ cost });
  });
});

it('DOC-23 variables that the operation does not declare are ignored', async () => {
  const { status, data } = await gateway.query('{ __typename }', { zzz: 1 });
  expect([status, data]).toEqual([200, { __typename: 'Query' }]);
  expect(gateway.emulator.requests).toEqual([]);
});

it('DOC-24 a persisted query is not supported', async () => {
  const sha256Hash = 'ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38';
  const response = await gateway.fetch({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash } } }),
  });
  expect(response.status).toBe(200);
  expect(response.errors.map(({ extensions }) => extensions.code)).toEqual([
    'PERSISTED_QUERY_NOT_SUPPORTED',
  ]);
});

describe('a document that cannot be executed', () => {
  it.each(ROWS)(
    '$id is refused without a suggestion from the schema',
    async ({ code, id: _id, ...members }) => {
      const response = await gateway.fetch({
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(members),
      });
      expect(response.status).toBe(400);
      expect(new Set(response.errors.map(({ extensions }) => extensions.code))).toEqual(
        new Set([code]),
      );
      expect(response.text).not.toMatch(/did you mean/i);
      expect(gateway.emulator.requests).toEqual([]);
    },
  );

  it('is refused with a suggestion if introspection is on', async () => {
    const local = await startGateway({ mode: 'local' });
    try {
      const response = await local.query('{ asyncInvokez { nodes { id } } }');
      expect(response.text).toContain('Did you mean');
      expect((await local.query('{ __schema { queryType { name } } }')).status).toBe(200);
    } finally {
      await local.stop();
    }
  });
});
