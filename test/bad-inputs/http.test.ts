import { request as rawRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import { type Gateway, startGateway } from '../harness/gateway.ts';

const QUERY = '{ asyncInvokes { nodes { id } } }';
const JSON_TYPE = { 'content-type': 'application/json' };
const PREFLIGHTED = { 'apollo-require-preflight': 'true' };

interface Row {
  readonly id: string;
  readonly init: RequestInit;
  readonly search?: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

const post = (
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = JSON_TYPE,
): RequestInit => ({
  method: 'POST',
  headers,
  body,
});
const operation = (members: object): RequestInit => post(JSON.stringify(members));
/** A string body of fetch brings a content type of its own; bytes do not. */
const bytes = (text: string) => new TextEncoder().encode(text);
const OPERATION = JSON.stringify({ query: QUERY });

const ROWS: readonly Row[] = [
  { id: 'HTTP-01 malformed JSON', init: post('{'), status: 400 },
  { id: 'HTTP-02 null', init: post('null'), status: 400 },
  { id: 'HTTP-03 a JSON string', init: post('"x"'), status: 400 },
  { id: 'HTTP-05 an empty object', init: post('{}'), status: 400 },
  { id: 'HTTP-06 a batch', init: post(`[${OPERATION},${OPERATION}]`), status: 400 },
  { id: 'HTTP-07 an empty batch', init: post('[]'), status: 400 },
  { id: 'HTTP-09 an empty query', init: operation({ query: '' }), status: 400 },
  {
    id: 'HTTP-10 variables in a list',
    init: operation({ query: QUERY, variables: [] }),
    status: 400,
  },
  {
    id: 'HTTP-11 variables in a string',
    init: operation({ query: QUERY, variables: '{}' }),
    status: 400,
  },
  {
    id: 'HTTP-13 a numeric operationName',
    init: operation({ query: QUERY, operationName: 7 }),
    status: 400,
  },
  {
    id: 'HTTP-14 text/plain',
    init: post(OPERATION, { 'content-type': 'text/plain' }),
    status: 400,
  },
  {
    id: 'HTTP-15 a form',
    init: post(`query=${encodeURIComponent(QUERY)}`, {
      'content-type': 'application/x-www-form-urlencoded',
    }),
    status: 400,
  },
  { id: 'HTTP-17 no content type', init: post(bytes(OPERATION), {}), status: 400 },
  { id: 'HTTP-18 XML', init: post('<q/>', { 'content-type': 'application/xml' }), status: 415 },
  {
    id: 'HTTP-19 JSON in EBCDIC',
    init: post(OPERATION, { 'content-type': 'application/json; charset=ibm037' }),
    status: 415,
  },
  {
    id: 'HTTP-21 a gzip bomb',
    init: post(new Uint8Array(gzipSync(Buffer.alloc(100_000_000, ' '))), {
      ...JSON_TYPE,
      'content-encoding': 'gzip',
    }),
    status: 413,
  },
  {
    id: 'a body that is not gzip though it says so',
    init: post(OPERATION, { ...JSON_TYPE, 'content-encoding': 'gzip' }),
    status: 400,
  },
  {
    id: 'a compression that is not known',
    init: post(OPERATION, { ...JSON_TYPE, 'content-encoding': 'zstd' }),
    status: 415,
  },
  {
    id: 'HTTP-22 300 KB',
    init: operation({ query: QUERY, extensions: 'x'.repeat(300_000) }),
    status: 413,
  },
  {
    id: 'HTTP-25 GET with text/plain',
    search: `?query=${encodeURIComponent(QUERY)}`,
    init: { headers: { ...PREFLIGHTED, 'content-type': 'text/plain' } },
    status: 415,
  },
  {
    id: 'HTTP-26 GET of a mutation',
    search: `?query=${encodeURIComponent('mutation { x }')}`,
    init: { headers: PREFLIGHTED },
    status: 405,
    headers: { allow: 'POST' },
  },
  {
    id: 'HTTP-27 GET with query twice',
    search: `?query=${encodeURIComponent(QUERY)}&query=${encodeURIComponent(QUERY)}`,
    init: { headers: PREFLIGHTED },
    status: 400,
  },
  {
    id: 'GET without a preflight',
    search: `?query=${encodeURIComponent(QUERY)}`,
    init: {},
    status: 400,
  },
  {
    id: 'HTTP-29 PUT',
    init: { ...operation({ query: QUERY }), method: 'PUT' },
    status: 405,
    headers: { allow: 'GET, POST' },
  },
  {
    id: 'HTTP-30 only an event stream accepted',
    init: post(OPERATION, { ...JSON_TYPE, accept: 'text/event-stream' }),
    status: 406,
  },
  {
    id: 'HTTP-31 only deferred parts accepted',
    init: post(OPERATION, { ...JSON_TYPE, accept: 'multipart/mixed;deferSpec=20220824' }),
    status: 406,
  },
];

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

describe('a request that is not a GraphQL request', () => {
  it.each(ROWS)('$id is refused', async ({ init, search = '', status, headers = {} }) => {
    const answer = await gateway.fetch({ ...init, search });
    expect(answer.status).toBe(status);
    expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_REQUEST']);
    expect(answer.text).not.toMatch(/node_modules|\/src\/|FST_ERR|stack/);
    expect(Object.fromEntries(answer.headers)).toMatchObject(headers);
    expect(gateway.emulator.requests).toEqual([]);
    expect((await gateway.query('{ __typename }')).status).toBe(200);
  });

  it('HTTP-23 a header of 20 KB is refused', async () => {
    const { status } = await raw('/graphql', { 'x-long': 'x'.repeat(20_000) });
    expect(status).toBe(431);
  });

  it('HTTP-33 a path that climbs finds nothing', async () => {
    const { status, text } = await raw('/graphql/../../etc/passwd');
    expect(status).toBe(404);
    expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
  });
});

describe('a request that is a GraphQL request', () => {
  it.each([
    ['gzip', operation({ query: QUERY }), { 'content-encoding': 'gzip' }],
    [
      'a charset in capitals',
      operation({ query: QUERY }),
      { 'content-type': 'application/json; charset=UTF-8' },
    ],
  ])('may come with %s', async (_what, { body }, headers) => {
    const gzip = 'content-encoding' in headers;
    const sent = gzip ? new Uint8Array(gzipSync(Buffer.from(body as string))) : (body as string);
    const answer = await gateway.fetch(post(sent, { ...JSON_TYPE, ...headers }));
    expect([answer.status, answer.errors]).toEqual([200, []]);
  });

  it('may be a GET from a client that cannot be a simple form', async () => {
    const search = `?query=${encodeURIComponent(QUERY)}`;
    const answer = await gateway.fetch({ search, headers: PREFLIGHTED });
    expect([answer.status, answer.errors]).toEqual([200, []]);
  });
});

/** Sends what fetch would tidy up first. */
function raw(path: string, headers = {}): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(gateway.url);
    rawRequest({ hostname, port, path, headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text });
      });
    })
      .on('error', reject)
      .end();
  });
}
