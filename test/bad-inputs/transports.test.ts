import { type Gateway, startGateway } from '../harness/gateway.ts';
import {
  type RequestMembers,
  type TransportName,
  type TransportRefusal,
  TRANSPORTS,
} from '../harness/transports.ts';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway({ variables: { RATE_LIMIT: 'off' } });
});
afterEach(() => {
  gateway.emulator.clearRequests();
});
afterAll(async () => {
  await gateway.stop();
});

const ALL = Object.keys(TRANSPORTS) as TransportName[];
const STREAMS: readonly TransportName[] = ['ssePost', 'sseGet', 'websocket'];
const isStream = (transport: TransportName) => STREAMS.includes(transport);
const send = (transport: TransportName, members: RequestMembers): Promise<TransportRefusal> =>
  TRANSPORTS[transport](gateway.url, members);

/** The variables stand at the same line and column, whichever operation is first. */
const QUERY = `query Query(
  $filter: AsyncInvokeFilter!) { asyncInvokes(filter: $filter) { nodes { id } } }
`;
const STREAM = `subscription Stream(
  $filter: AsyncInvokeFilter!) { asyncInvokeChanged(filter: $filter) { id } }
`;
const BOTH = QUERY + STREAM;
const forTransport = (members: RequestMembers, transport: TransportName): RequestMembers => ({
  query: isStream(transport) ? STREAM + QUERY : BOTH,
  operationName: isStream(transport) ? 'Stream' : 'Query',
  ...members,
});
const repeat = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ');

interface Row {
  readonly id: string;
  readonly members: RequestMembers;
  readonly code: string;
  readonly message: string;
  /** The other transports cannot carry the request. */
  readonly only?: readonly TransportName[];
}

const PARSE = 'GRAPHQL_PARSE_FAILED';
const VALIDATION = 'GRAPHQL_VALIDATION_FAILED';

const DOCUMENTS: readonly Row[] = [
  {
    id: 'a syntax error',
    members: { query: 'query {' },
    code: PARSE,
    message: 'Syntax Error: Expected Name, found <EOF>.',
  },
  {
    id: 'a document without tokens',
    members: { query: '# nothing' },
    code: PARSE,
    message: 'Syntax Error: Unexpected <EOF>.',
  },
  {
    id: 'a broken escape in a string',
    members: { query: '{ asyncInvoke(invocationArn: "\\u12") { id } }' },
    code: PARSE,
    message: 'Syntax Error: Invalid Unicode escape sequence: "\\u12")".',
  },
  {
    id: 'half of a surrogate pair in a string',
    members: { query: '{ asyncInvoke(invocationArn: "\ud800") { id } }' },
    code: PARSE,
    message: 'Syntax Error: Invalid character within String: U+D800.',
    only: ['post', 'ssePost', 'websocket'],
  },
  {
    id: 'too many tokens',
    members: { query: `{ ${repeat(2000, () => 'a')} }` },
    code: PARSE,
    message: 'Send a document of at most 2000 tokens (`MAX_DOCUMENT_TOKENS`).',
  },
  {
    id: 'fields that are nested too deeply',
    members: { query: '{a'.repeat(11) + '}'.repeat(11) },
    code: VALIDATION,
    message: 'Nest fields at most 10 levels deep (`MAX_DEPTH`).',
  },
  {
    id: 'too many aliases',
    members: { query: `{ ${repeat(21, (index) => `a${index}: __typename`)} }` },
    code: VALIDATION,
    message: 'Use at most 20 aliases in an operation (`MAX_ALIASES`).',
  },
  {
    id: 'an unknown field of a query',
    members: { query: '{ nope }' },
    code: VALIDATION,
    message: 'Cannot query field "nope" on type "Query".',
  },
  {
    id: 'a misspelt field of a subscription',
    members: { query: 'subscription { asyncInvokeChange { id } }' },
    code: VALIDATION,
    message: 'Cannot query field "asyncInvokeChange" on type "Subscription".',
  },
  {
    id: 'introspection',
    members: { query: '{ __schema { queryType { name } } }' },
    code: VALIDATION,
    message: 'Introspection is disabled: `__schema` needs `INTROSPECTION=true`.',
  },
  {
    id: 'fragments without an operation',
    members: { query: 'fragment A on Query { __typename }' },
    code: VALIDATION,
    message: 'Fragment "A" is never used.',
  },
  {
    id: 'an unknown operation name',
    members: { operationName: 'Nope', variables: { filter: {} } },
    code: 'OPERATION_RESOLUTION_FAILURE',
    message: '`operationName` must be the name of an operation in the document.',
  },
  {
    id: 'several operations without an operation name',
    members: { operationName: undefined, variables: { filter: {} } },
    code: 'OPERATION_RESOLUTION_FAILURE',
    message: '`operationName` is required: the document has several operations.',
  },
  {
    id: 'a variable of another type',
    members: { variables: { filter: 7 } },
    code: 'BAD_USER_INPUT',
    message:
      'Variable "$filter" got invalid value 7; Expected type "AsyncInvokeFilter" to be an object.',
  },
  {
    id: 'a misspelt value of a variable',
    members: { variables: { filter: { statusEquals: 'COMPLETE' } } },
    code: 'BAD_USER_INPUT',
    message:
      'Variable "$filter" got invalid value "COMPLETE" at "filter.statusEquals"; ' +
      'Value "COMPLETE" does not exist in "AsyncInvokeStatus" enum.',
  },
  {
    id: 'a missing variable',
    members: {},
    code: 'BAD_USER_INPUT',
    message: 'Variable "$filter" of required type "AsyncInvokeFilter!" was not provided.',
  },
];

const PARAMETERS: readonly Row[] = [
  {
    id: 'an empty query',
    members: { query: '' },
    code: 'BAD_REQUEST',
    message: 'Send the document as `query`.',
  },
  {
    id: 'a missing query',
    members: { query: undefined, operationName: 'A' },
    code: 'BAD_REQUEST',
    message: 'Send the document as `query`.',
    only: ['post', 'get', 'ssePost', 'sseGet'],
  },
  {
    id: 'a number as query',
    members: { query: 7 },
    code: 'BAD_REQUEST',
    message: '`query` must be a string.',
    only: ['post', 'ssePost'],
  },
  {
    id: 'a number as operation name',
    members: { operationName: 7 },
    code: 'BAD_REQUEST',
    message: '`operationName` must be a string.',
    only: ['post', 'ssePost'],
  },
  {
    id: 'a list as variables',
    members: { variables: [1] },
    code: 'BAD_REQUEST',
    message: '`variables` must be an object.',
    only: ['post', 'get', 'ssePost', 'sseGet'],
  },
  {
    id: 'a number as extensions',
    members: { extensions: 7 },
    code: 'BAD_REQUEST',
    message: '`extensions` must be an object.',
    only: ['post', 'get', 'ssePost', 'sseGet'],
  },
  {
    id: 'variables that are not JSON',
    members: { variables: '{' },
    code: 'BAD_REQUEST',
    message: '`variables` must be valid JSON.',
    only: ['get', 'sseGet'],
  },
  {
    id: 'a persisted query',
    members: { extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } },
    code: 'PERSISTED_QUERY_NOT_SUPPORTED',
    message: 'PersistedQueryNotSupported',
  },
  {
    id: 'a persisted query without a hash',
    members: { extensions: { persistedQuery: { version: 1 } } },
    code: 'BAD_REQUEST',
    message: '`extensions.persistedQuery` must have `version: 1` and a text as `sha256Hash`.',
  },
  {
    id: 'the id of a document, on a server that has none',
    members: { query: undefined, documentId: 'jobs' },
    code: 'BAD_REQUEST',
    message: 'Send the document as `query`. This server has no trusted documents.',
  },
];

describe('every transport refuses a bad request with the same errors', () => {
  it.each([...DOCUMENTS, ...PARAMETERS])('$id', async ({ members, code, message, only = ALL }) => {
    const refusals = await Promise.all(
      only.map((transport) => send(transport, forTransport(members, transport))),
    );
    const [first] = refusals;
    expect(first?.errors[0]).toMatchObject({ message, extensions: { code } });
    for (const { errors } of refusals) {
      expect(JSON.stringify(errors)).toBe(JSON.stringify(first?.errors));
    }
    expect(gateway.emulator.requests).toEqual([]);
  });
});

describe('the status of a refused request', () => {
  const status = async (transport: TransportName, members: RequestMembers) =>
    (await send(transport, members)).status;

  it.each(['post', 'get'] as const)('is 400 by %s for an invalid document', async (transport) => {
    expect(await status(transport, { query: '{ nope }' })).toBe(400);
  });

  it.each(['ssePost', 'sseGet'] as const)(
    'is 200 by %s for an invalid document, because clients read the errors from the stream',
    async (transport) => {
      expect(await status(transport, { query: '{ nope }' })).toBe(200);
    },
  );

  it.each(['post', 'get', 'ssePost', 'sseGet'] as const)(
    'is 400 by %s for a request without a document',
    async (transport) => {
      expect(await status(transport, { operationName: 'A' })).toBe(400);
    },
  );

  it.each([
    ['a number as query', { query: 7 }],
    ['a number as operation name', { query: BOTH, operationName: 7 }],
    ['a list as variables', { query: BOTH, variables: [1] }],
    ['a number as extensions', { query: BOTH, extensions: 7 }],
  ])(
    'is 4400 by WebSocket for %s, which is not a message of the protocol',
    async (_id, members) => {
      expect(await status('websocket', members)).toBe(4400);
    },
  );
});

describe('an operation of a type that the transport does not carry is refused', () => {
  const STREAMS_ONLY =
    'Send queries and mutations with POST and `Accept: application/json`. Only subscriptions are streams.';
  const NEEDS_STREAM =
    'Subscriptions need a WebSocket, or `Accept: text/event-stream` as the only media type.';
  const SUBSCRIPTION = 'subscription { asyncInvokeChanged { id } }';

  it.each<[TransportName, string, string, number | undefined, string]>([
    ['post', 'a subscription', SUBSCRIPTION, 400, NEEDS_STREAM],
    ['get', 'a subscription', SUBSCRIPTION, 400, NEEDS_STREAM],
    ['get', 'a mutation', 'mutation { x }', 405, 'Send mutations with POST.'],
    ['ssePost', 'a query', '{ __typename }', 406, STREAMS_ONLY],
    ['sseGet', 'a query', '{ __typename }', 406, STREAMS_ONLY],
    ['websocket', 'a query', '{ __typename }', undefined, STREAMS_ONLY],
    ['ssePost', 'a mutation', 'mutation { x }', 406, STREAMS_ONLY],
    ['websocket', 'a mutation', 'mutation { x }', undefined, STREAMS_ONLY],
  ])('%s: %s', async (transport, _id, query, status, message) => {
    const refusal = await send(transport, { query });
    expect(refusal).toMatchObject({
      status,
      errors: [{ message, extensions: { code: 'BAD_REQUEST' } }],
    });
    expect(refusal.errors).toHaveLength(1);
  });
});

it.each([
  ['a request', {}],
  ['a stream', { accept: 'text/event-stream' }],
])('a body with a broken JSON escape is refused for %s', async (_id, headers) => {
  const answer = await gateway.fetch({
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{"query":"\\u12"}',
  });
  expect([answer.status, answer.errors]).toEqual([
    400,
    [{ message: 'The body is not valid JSON.', extensions: { code: 'BAD_REQUEST' } }],
  ]);
});

it.each(['PUT', 'PATCH', 'DELETE'])('%s opens no event stream', async (method) => {
  const query = new URLSearchParams({ query: 'subscription { asyncInvokeChanged { id } }' });
  const { status } = await gateway.fetch({
    method,
    headers: { accept: 'text/event-stream' },
    search: `?${query.toString()}`,
  });
  expect(status).toBe(405);
});
