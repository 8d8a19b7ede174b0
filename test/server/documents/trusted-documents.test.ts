import { once } from 'node:events';
import { WebSocket } from 'ws';
import { SERVE_DEFAULTS } from '../../../src/config/mode-defaults.ts';
import { readConfig, type Variables } from '../../../src/config/read-config.ts';
import { startServer } from '../../../src/server/server.ts';
import { type Gateway, startGateway } from '../../harness/gateway.ts';
import { codesOf } from '../../harness/graphql-client.ts';
import { sha256, useManifests } from '../../harness/manifest.ts';
import { socketUrl } from '../../harness/subscriber.ts';
import { addJob, postForEvents } from '../../harness/subscriptions.ts';
import { type RequestMembers, TRANSPORTS, type TransportName } from '../../harness/transports.ts';
import { waitFor } from '../../harness/wait-for.ts';

const QUERY = 'query Jobs($n: Int) { asyncInvokes(first: $n) { nodes { id } } }';
const CHANGES = 'subscription Changes { asyncInvokeChanged { id } }';
const START =
  'mutation Start($i: StartAsyncInvokeInput!) { startAsyncInvoke(input: $i) { asyncInvoke { id } } }';
const DOCUMENTS = { jobs: QUERY, changes: CHANGES, start: START };

const writeManifest = useManifests();

const serve = (variables: Variables, documents: unknown = DOCUMENTS) =>
  startGateway({
    emulator: { jobs: 5 },
    variables: {
      TRUSTED_DOCUMENTS: writeManifest(documents),
      ENABLE_START: 'true',
      START_ALLOWED_MODELS: '*',
      START_ALLOWED_OUTPUTS: '*',
      ...variables,
    },
  });

const post = (gateway: Gateway, body: object) =>
  gateway.fetch({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const persistedQuery = (sha256Hash: unknown, version: unknown = 1) => ({
  extensions: { persistedQuery: { version, sha256Hash } },
});

/** All ways to refer to a document. */
const REFERENCES: Readonly<Record<string, (id: string, text: string) => RequestMembers>> = {
  'documentId with its id': (id) => ({ documentId: id }),
  'documentId with its hash': (_id, text) => ({ documentId: `sha256:${sha256(text)}` }),
  'extensions.persistedQuery': (_id, text) => persistedQuery(sha256(text)),
  'extensions.persistedQuery in upper case': (_id, text) =>
    persistedQuery(sha256(text).toUpperCase()),
  doc_id: (id) => ({ doc_id: id }),
  id: (id) => ({ id }),
  'documentId and the same query': (id, text) => ({ documentId: id, query: text }),
  'the same query': (_id, text) => ({ query: text }),
};

describe('with TRUSTED_DOCUMENTS_ONLY', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await serve({ TRUSTED_DOCUMENTS_ONLY: 'true' });
  });
  afterAll(async () => {
    await gateway.stop();
  });

  describe.each(Object.keys(REFERENCES))('a document is named by %s', (name) => {
    const membersFor = (id: keyof typeof DOCUMENTS) => REFERENCES[name]?.(id, DOCUMENTS[id]) ?? {};

    it('and POST executes it', async () => {
      const { status, data } = await post(gateway, { ...membersFor('jobs'), variables: { n: 2 } });
      expect([status, data]).toEqual([
        200,
        { asyncInvokes: { nodes: [expect.anything(), expect.anything()] } },
      ]);
    });

    it('and GET executes it', async () => {
      const search = new URLSearchParams({ variables: '{"n":1}' });
      for (const [key, value] of Object.entries(membersFor('jobs'))) {
        search.set(key, typeof value === 'string' ? value : JSON.stringify(value));
      }
      const { status, data } = await gateway.fetch({
        headers: { 'apollo-require-preflight': 'true' },
        search: `?${search.toString()}`,
      });
      expect([status, data]).toEqual([200, { asyncInvokes: { nodes: [expect.anything()] } }]);
    });

    it.each(['ssePost', 'sseGet', 'websocket'] as const)(
      'and %s knows that it is no subscription',
      async (transport) => {
        const { errors } = await TRANSPORTS[transport](gateway.url, membersFor('jobs'));
        expect(errors[0]?.message).toContain('Only subscriptions are streams');
      },
    );

    it('and GET knows that it is a mutation', async () => {
      const { status } = await TRANSPORTS.get(gateway.url, membersFor('start'));
      expect(status).toBe(405);
    });
  });

  it('a WebSocket and an event stream subscribe to a document by its id', async () => {
    addJob(gateway);
    const socket = new WebSocket(socketUrl(gateway.url), 'graphql-transport-ws');
    const received: string[] = [];
    socket.on('message', (data: Buffer) => received.push(data.toString()));
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    await waitFor(() => received.length > 0);
    socket.send('{"type":"subscribe","id":"1","payload":{"documentId":"changes"}}');
    await waitFor(() => received.some((message) => message.includes('asyncInvokeChanged')));
    socket.terminate();
    const response = await postForEvents(gateway, { documentId: 'changes' });
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array);
      if (text.includes('asyncInvokeChanged')) break;
    }
    expect(text).toContain('event: next');
  });

  const OTHERS: Readonly<Record<string, object>> = {
    'another document': { query: '{ __typename }' },
    'a document that differs in a space': { query: `${QUERY} ` },
    'a syntax error': { query: '{' },
    'a document over a limit': { query: `{ ${'a: __typename '.repeat(50)} }` },
    'an unknown id': { documentId: 'nope' },
    'an unknown hash': { documentId: `sha256:${sha256('x')}` },
    'an unknown persisted query': persistedQuery(sha256('{ __typename }')),
    'an unknown persisted query with its document': {
      ...persistedQuery(sha256('{ __typename }')),
      query: '{ __typename }',
    },
    'an unknown doc_id': { doc_id: 'nope' },
    'the name of a property of all objects': { documentId: '__proto__' },
  };
  const ALL = Object.keys(TRANSPORTS) as TransportName[];
  it.each(ALL.flatMap((name) => Object.keys(OTHERS).map((other) => [name, other] as const)))(
    '%s refuses %s without parsing it',
    async (name, other) => {
      const { status, errors } = await TRANSPORTS[name](gateway.url, { ...OTHERS[other] });
      expect(errors.map(({ extensions }) => extensions)).toEqual([
        { code: 'DOCUMENT_NOT_TRUSTED' },
      ]);
      if (name === 'post' || name === 'get') expect(status).toBe(400);
    },
  );

  it.each([
    ['an id', { documentId: 'jobs', query: CHANGES }],
    ['a hash', { ...persistedQuery(sha256(QUERY)), query: CHANGES }],
    ['a hash that is not trusted', { ...persistedQuery(sha256('x')), query: QUERY }],
  ])('%s with another query is a bad request', async (_title, body) => {
    const response = await post(gateway, body);
    expect([response.status, codesOf(response)]).toEqual([400, ['BAD_REQUEST']]);
  });

  it.each([
    ['documentId', { documentId: 1 }],
    ['doc_id', { doc_id: [] }],
    ['an empty documentId', { documentId: '' }],
    ['another version', persistedQuery(sha256(QUERY), 2)],
    ['a version as a text', persistedQuery(sha256(QUERY), '1')],
    ['an empty hash', persistedQuery('')],
    ['a hash that is no text', persistedQuery(7)],
    ['an extension that is a list', { extensions: { persistedQuery: [] } }],
    ['an extension that is a text', { extensions: { persistedQuery: 'x' } }],
  ])('%s of a wrong type is a bad request', async (_title, body) => {
    const response = await post(gateway, body);
    expect([response.status, codesOf(response)]).toEqual([400, ['BAD_REQUEST']]);
  });
});

describe('without TRUSTED_DOCUMENTS_ONLY', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await serve({ LIST_CACHE_TTL_MS: '60000' });
  });
  afterAll(async () => {
    await gateway.stop();
  });

  it('any document and trusted ones are executed', async () => {
    expect((await post(gateway, { query: '{ __typename }' })).status).toBe(200);
    expect((await post(gateway, { documentId: 'jobs' })).status).toBe(200);
  });

  it('an unknown id is an error, and is ignored if the document is sent', async () => {
    expect(codesOf(await post(gateway, { documentId: 'nope' }))).toEqual(['DOCUMENT_NOT_TRUSTED']);
    const { data } = await post(gateway, { id: 'request-7', query: '{ __typename }' });
    expect(data).toEqual({ __typename: 'Query' });
  });

  it('an unknown persisted query is not supported', async () => {
    const response = await post(gateway, persistedQuery(sha256('{ __typename }')));
    expect([response.status, codesOf(response)]).toEqual([200, ['PERSISTED_QUERY_NOT_SUPPORTED']]);
  });

  it('queries by id are served from the response cache, and mutations by id never are', async () => {
    const query = { documentId: 'jobs', variables: { n: 3 } };
    const first = await post(gateway, query);
    expect((await post(gateway, query)).text).toBe(first.text);
    expect(gateway.logLines.filter((line) => line.includes('"shared":true'))).toHaveLength(1);
    const input = (token: string) => ({
      modelId: 'amazon.nova-reel-v1:0',
      modelInput: {},
      clientRequestToken: token,
      outputDataConfig: { s3OutputDataConfig: { s3Uri: 's3://bucket/folder/' } },
    });
    const mutation = { doc_id: 'start', variables: { i: input('same') } };
    gateway.emulator.clearRequests();
    await post(gateway, mutation);
    await post(gateway, mutation);
    const starts = gateway.emulator.requests.filter(({ method }) => method === 'POST');
    expect(starts).toHaveLength(2);
  });
});

it('a server without trusted documents says so', async () => {
  const gateway = await startGateway();
  const response = await post(gateway, { documentId: 'jobs' });
  await gateway.stop();
  expect([response.status, codesOf(response)]).toEqual([400, ['BAD_REQUEST']]);
  expect(response.errors[0]?.message).toContain('This server has no trusted documents');
});

describe('the file', () => {
  const apollo = (operations: unknown, version: unknown = 1) => ({
    format: 'apollo-persisted-query-manifest',
    version,
    operations,
  });
  const operation = { id: sha256(QUERY), name: 'Jobs', type: 'query', body: QUERY };

  it.each([
    ["Apollo's manifest", apollo([operation]), sha256(QUERY)],
    [
      'the file of Relay',
      { [`0${sha256(QUERY).slice(33)}`]: QUERY },
      `0${sha256(QUERY).slice(33)}`,
    ],
    ['a file with prefixed hashes', { [`sha256:${sha256(QUERY)}`]: QUERY }, sha256(QUERY)],
    ['a file with names', { jobs: QUERY }, 'jobs'],
    ['a file with a byte order mark', `\ufeff${JSON.stringify({ jobs: QUERY })}`, 'jobs'],
    ['a document with the id "operations"', { operations: QUERY }, 'operations'],
    ['two ids of one document', { a: QUERY, b: QUERY }, 'b'],
  ])('is %s', async (_title, content, documentId) => {
    const gateway = await serve({ TRUSTED_DOCUMENTS_ONLY: 'true' }, content);
    const { status } = await post(gateway, { documentId });
    await gateway.stop();
    expect(status).toBe(200);
  });

  const problemsOf = async (file: string, variables: Variables = {}): Promise<unknown> => {
    const config = readConfig(
      { AWS_REGION: 'us-east-1', PORT: '0', TRUSTED_DOCUMENTS: file, ...variables },
      SERVE_DEFAULTS,
    );
    return startServer(config).then(
      (server) => server.stop(),
      (error: unknown) => error,
    );
  };

  it('prevents the start with all problems at once', async () => {
    const file = writeManifest(
      `{"ok": "{ __typename }", "syntax": "{", "field": "{ nope }", "ok": "{ __typename }",
        "start": ${JSON.stringify(START)}, "introspection": "{ __schema { types { name } } }",
        "deep": "{ asyncInvokes { nodes { id } } }", "${sha256('x')}": "{ __typename }",
        "aliases": "{ ${'a: __typename '.repeat(21)} }", "long": "{ ${'x'.repeat(5000)} }"}`,
    );
    const error = await problemsOf(file, { MAX_DEPTH: '2' });
    expect(error).toMatchObject({
      name: 'ConfigError',
      problems: [
        'TRUSTED_DOCUMENTS: document "ok": the id is used more than once',
        'TRUSTED_DOCUMENTS: document "syntax": Syntax Error: Expected Name, found <EOF>.',
        'TRUSTED_DOCUMENTS: document "field": Cannot query field "nope" on type "Query".',
        expect.stringContaining('document "start": '),
        expect.stringContaining('document "introspection": Introspection is disabled'),
        expect.stringContaining('document "deep": Nest fields at most 2 levels deep'),
        expect.stringContaining(`document "${sha256('x')}": the id is a SHA-256 hash`),
        expect.stringContaining('document "aliases": Use at most 20 aliases'),
        expect.stringContaining('document "long": The document has a token (Name)'),
      ],
    });
  });

  it.each([
    ['is missing', '/nowhere/documents.json', 'cannot be read'],
    ['is a folder', '/', 'cannot be read'],
    ['is no JSON', writeManifest('{'), 'is not valid JSON'],
    ['is a list', writeManifest([QUERY]), 'expected record'],
    ['is null', writeManifest('null'), 'expected record'],
    [
      'has a document that is no text',
      writeManifest({ a: 1 }),
      'a: must be the text of a document',
    ],
    ['has an empty id', writeManifest({ '': QUERY }), 'Invalid key'],
    ['has another version', writeManifest(apollo([operation], 2)), 'version'],
    ['has another format', writeManifest({ ...apollo([]), format: 'x' }), 'format'],
    ['has an operation without a body', writeManifest(apollo([{ id: 'a' }])), 'operations.0.body'],
    [
      'has an id twice',
      writeManifest(apollo([operation, operation])),
      'the id is used more than once',
    ],
  ])('prevents the start if it %s', async (_title, file, problem) => {
    const error = (await problemsOf(file)) as { problems: readonly string[] };
    expect(error.problems).toHaveLength(1);
    expect(error.problems[0]).toMatch(/^TRUSTED_DOCUMENTS: /);
    expect(error.problems[0]).toContain(problem);
  });
});
