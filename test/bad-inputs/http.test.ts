import { request as rawRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import { codesOf } from '../harness/graphql-client.ts';
import { jsonRequest } from '../harness/http.ts';

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
/** fetch adds a content type to a string body, but not to bytes. */
const bytes = (text: string) => new TextEncoder().encode(text);
const OPERATION = JSON.stringify({ query: QUERY });

const ROWS: readonly Row[] = [
  { id: 'HTTP-01 malformed JSON', init: post('{'), status: 400 },
  { id: 'HTTP-02 a body of null', init: post('null'), status: 400 },
  { id: 'HTTP-03 a JSON string', init: post('"x"'), status: 400 },
  { id: 'HTTP-05 an empty object', init: post('{}'), status: 400 },
  { id: 'HTTP-06 a batch', init: post(`[${OPERATION},${OPERATION}]`), status: 400 },
  { id: 'HTTP-07 an empty batch', init: post('[]'), status: 400 },
  { id: 'HTTP-09 an empty query', init: jsonRequest({ query: '' }), status: 400 },
  {
    id: 'HTTP-10 a list of variables',
    init: jsonRequest({ query: QUERY, variables: [] }),
    status: 400,
  },
  {
    id: 'HTTP-11 a string of variables',
    init: jsonRequest({ query: QUERY, variables: '{}' }),
    status: 400,
  },
  {
    id: 'HTTP-13 a numeric operationName',
    init: jsonRequest({ query: QUERY, operationName: 7 }),
    status: 400,
  },
  {
    id: 'HTTP-14 a text/plain body',
    init: post(OPERATION, { 'content-type': 'text/plain' }),
    status: 400,
  },
  {
    id: 'HTTP-15 a form body',
    init: post(`query=${encodeURIComponent(QUERY)}`, {
      'content-type': 'application/x-www-form-urlencoded',
    }),
    status: 400,
  },
  { id: 'HTTP-17 a body without a content type', init: post(bytes(OPERATION), {}), status: 400 },
  {
    id: 'HTTP-18 an XML body',
    init: post('<q/>', { 'content-type': 'application/xml' }),
    status: 415,
  },
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
    id: 'a body that is not gzip despite its encoding',
    init: post(OPERATION, { ...JSON_TYPE, 'content-encoding': 'gzip' }),
    status: 400,
  },
  {
    id: 'an unknown compression',
    init: post(OPERATION, { ...JSON_TYPE, 'content-encoding': 'zstd' }),
    status: 415,
  },
  {
    id: 'HTTP-22 a body of 300 KB',
    init: jsonRequest({ query: QUERY, extensions: 'x'.repeat(300_000) }),
    status: 413,
  },
  {
    id: 'HTTP-25 a GET with text/plain',
    search: `?query=${encodeURIComponent(QUERY)}`,
    init: { headers: { ...PREFLIGHTED, 'content-type': 'text/plain' } },
    status: 415,
  },
  {
    id: 'HTTP-26 a GET of a mutation',
    search: `?query=${encodeURIComponent('mutation { x }')}`,
    init: { headers: PREFLIGHTED },
    status: 405,
    headers: { allow: 'POST' },
  },
  {
    id: 'HTTP-27 a GET with two queries',
    search: `?query=${encodeURIComponent(QUERY)}&query=${encodeURIComponent(QUERY)}`,
    init: { headers: PREFLIGHTED },
    status: 400,
  },
  {
    id: 'a GET without a preflight',
    search: `?query=${encodeURIComponent(QUERY)}`,
    init: {},
    status: 400,
  },
  {
    id: 'HTTP-29 a PUT',
    init: { ...jsonRequest({ query: QUERY }), method: 'PUT' },
    status: 405,
    headers: { allow: 'GET, POST' },
  },
  {
    id: 'HTTP-30 a query that accepts only an event stream',
    init: post(OPERATION, { ...JSON_TYPE, accept: 'text/event-stream' }),
    status: 406,
  },
  {
    id: 'HTTP-31 a query that accepts only deferred parts',
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

describe('an invalid HTTP request', () => {
  it.each(ROWS)('$id is rejected', async ({ init, search = '', status, headers = {} }) => {
    const response = await gateway.fetch({ ...init, search });
    expect(response.status).toBe(status);
    expect(codesOf(response)).toEqual(['BAD_REQUEST']);
    expect(response.text).not.toMatch(/node_modules|\/src\/|FST_ERR|stack/);
    expect(Object.fromEntries(response.headers)).toMatchObject(headers);
    expect(gateway.emulator.requests).toEqual([]);
    expect((await gateway.query('{ __typename }')).status).toBe(200);
  });

  it('HTTP-23 a header of 20 KB is rejected with 431', async () => {
    const { status } = await raw('/graphql', { 'x-long': 'x'.repeat(20_000) });
    expect(status).toBe(431);
  });

  it('HTTP-33 a path with `..` is not found', async () => {
    const { status, text } = await raw('/graphql/../../etc/passwd');
    expect(status).toBe(404);
    expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
  });
});

describe('valid HTTP requests', () => {
  it.each([
    ['a gzip body', jsonRequest({ query: QUERY }), { 'content-encoding': 'gzip' }],
    [
      'a charset in capitals',
      jsonRequest({ query: QUERY }),
      { 'content-type': 'application/json; charset=UTF-8' },
    ],
  ])('a valid HTTP request may have %s', async (_what, { body }, headers) => {
    const gzip = 'content-encoding' in headers;
    const sent = gzip ? new Uint8Array(gzipSync(Buffer.from(body as string))) : (body as string);
    const response = await gateway.fetch(post(sent, { ...JSON_TYPE, ...headers }));
    expect([response.status, response.errors]).toEqual([200, []]);
  });

  it('a valid HTTP request may be a GET with a header that forces a preflight', async () => {
    const search = `?query=${encodeURIComponent(QUERY)}`;
    const response = await gateway.fetch({ search, headers: PREFLIGHTED });
    expect([response.status, response.errors]).toEqual([200, []]);
  });
});

/** Sends a request that fetch would normalize. */
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
