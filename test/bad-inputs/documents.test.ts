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

describe('a document that cannot be executed', () => {
  it.each(ROWS)(
    '$id is refused without a hint at the schema',
    async ({ code, id: _id, ...members }) => {
      const answer = await gateway.fetch({
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(members),
      });
      expect(answer.status).toBe(400);
      expect(new Set(answer.errors.map(({ extensions }) => extensions.code))).toEqual(
        new Set([code]),
      );
      expect(answer.text).not.toMatch(/did you mean/i);
      expect(gateway.emulator.requests).toEqual([]);
    },
  );

  it('is told apart where introspection is on', async () => {
    const local = await startGateway({ mode: 'local' });
    try {
      const answer = await local.query('{ asyncInvokez { nodes { id } } }');
      expect(answer.text).toContain('Did you mean');
      expect((await local.query('{ __schema { queryType { name } } }')).status).toBe(200);
    } finally {
      await local.stop();
    }
  });
});
