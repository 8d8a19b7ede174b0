import { request } from 'node:http';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import type { GraphqlErrorJson } from '../harness/graphql-client.ts';
import { postJson } from '../harness/http.ts';
import {
  type RequestMembers,
  type Send,
  TRANSPORTS,
  type TransportName,
} from '../harness/transports.ts';

const MAX_MESSAGE_LENGTH = 300;
const ALL = Object.keys(TRANSPORTS) as TransportName[];
const WITH_BODY = ALL.filter((name) => name !== 'get' && name !== 'sseGet');

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway({
    emulator: { jobs: 5 },
    variables: {
      MAX_BODY_BYTES: '1048576',
      ENABLE_START: 'true',
      START_ALLOWED_MODELS: '*',
      START_ALLOWED_OUTPUTS: '*',
      RATE_LIMIT: 'off',
    },
  });
});
afterAll(async () => {
  await gateway.stop();
});

const fieldOf = (name: TransportName) =>
  name === 'post' || name === 'get'
    ? (args: string) => `{ asyncInvokes${args} { nodes { id } } }`
    : (args: string) => `subscription { asyncInvokeChanged${args} { id } }`;

/** Documents and variables in which a text of any length can stand. */
const PLACES: Readonly<
  Record<string, (text: string, field: (args: string) => string) => RequestMembers>
> = {
  'a string': (text, field) => ({ query: field(`(filter: {statusEquals: "${text}"})`) }),
  'a block string': (text, field) => ({ query: field(`(filter: {statusEquals: """${text}"""})`) }),
  'an unknown field': (text) => ({ query: `{ ${nameOf(text)} }` }),
  'an unknown argument': (text, field) => ({ query: field(`(${nameOf(text)}: 1)`) }),
  'an unknown enum value': (text, field) => ({
    query: field(`(filter: {statusEquals: ${nameOf(text)}})`),
  }),
  'an unknown directive': (text, field) => ({ query: field(`@${nameOf(text)}`) }),
  'an unknown fragment': (text) => ({ query: `{ ...${nameOf(text)} }` }),
  'a number': (text, field) => ({
    query: field(`(filter: {statusEquals: ${'7'.repeat(text.length)}})`),
  }),
  'a comment': (text, field) => ({ query: `#${text}\n${field('')}` }),
  'a syntax error': (text) => ({ query: `{ a(b: "${text}" }` }),
};

/** Variables are not part of the document, so their length is not limited by it. */
const VARIABLE_PLACES: typeof PLACES = {
  'a variable': (text) => filterVariable({ statusEquals: text }),
  'a name in a variable': (text) => filterVariable({ [text]: 1 }),
  'several variables': (text) => ({
    query: 'query ($a: Int, $b: Int) { asyncInvokes(first: $a, last: $b) { nodes { id } } }',
    variables: { a: text, b: text },
  }),
  'a list in a variable': (text) => ({
    query: 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
    variables: { ids: [[text], [text]] },
  }),
};

const nameOf = (text: string) => text.replaceAll(/\W/g, '_');
const filterVariable = (filter: object): RequestMembers => ({
  query: 'query ($f: AsyncInvokeFilter) { asyncInvokes(filter: $f) { nodes { id } } }',
  variables: { f: filter },
});

const rows = (names: readonly TransportName[], places: typeof PLACES) =>
  names.flatMap((name) => Object.keys(places).map((place) => [name, place] as const));

function expectShortMessages(errors: readonly GraphqlErrorJson[]): void {
  expect(errors.length).toBeGreaterThan(0);
  expect(errors.length).toBeLessThanOrEqual(6);
  for (const { message } of errors) {
    expect(message.length).toBeLessThanOrEqual(MAX_MESSAGE_LENGTH);
  }
}

describe('S1 a long text in a document', () => {
  it.each(rows(ALL, PLACES))(
    'S1 over %s, %s is refused with a short message',
    async (name, place) => {
      const members = PLACES[place]?.('Did you mean ? '.repeat(500), fieldOf(name)) ?? {};
      const { errors } = await TRANSPORTS[name](gateway.url, members);
      expectShortMessages(errors);
      expect(errors[0]?.extensions.code).toMatch(/^GRAPHQL_(?:PARSE|VALIDATION)_FAILED$/);
    },
  );

  it.each(rows(['post'], VARIABLE_PLACES))(
    'S1 over %s, %s is refused with a short message',
    async (name, place) => {
      const members = VARIABLE_PLACES[place]?.('Did you mean ? '.repeat(10_000), String) ?? {};
      const { errors } = await TRANSPORTS[name](gateway.url, members);
      expectShortMessages(errors);
      expect(errors.at(-1)?.extensions.code).toBe('BAD_USER_INPUT');
    },
  );

  it.each(['string', 'block string', 'name', 'number', 'comment'] as const)(
    'S1 a %s of MAX_LITERAL_LENGTH is accepted, and one more character is not',
    async (kind) => {
      const token = (length: number) =>
        ({
          string: `{ a: asyncInvoke(invocationArn: "${'x'.repeat(length)}") { id } }`,
          'block string': `{ a: asyncInvoke(invocationArn: """${'x'.repeat(length)}""") { id } }`,
          name: `{ ${'x'.repeat(length)}: __typename }`,
          number: `{ asyncInvokes(first: ${'1'.repeat(length)}) { nodes { id } } }`,
          comment: `{ __typename } #${'x'.repeat(length - 1)}`,
        })[kind];
      const limit = { code: 'GRAPHQL_PARSE_FAILED', limit: 'MAX_LITERAL_LENGTH', max: 4096 };
      const refusalsFor = async (length: number) =>
        (await gateway.query(token(length))).errors
          .map(({ extensions }) => extensions)
          .filter((extensions) => extensions.limit === limit.limit);
      expect(await refusalsFor(4096)).toEqual([]);
      expect(await refusalsFor(4097)).toEqual([limit]);
    },
  );

  it.each(rows(WITH_BODY, { ...PLACES }))(
    'S1 over %s, %s takes no longer for one text than for another',
    async (name, place) => {
      const timeOf = (text: string) =>
        fastest(TRANSPORTS[name], PLACES[place]?.(text, fieldOf(name)) ?? {});
      const quiet = await timeOf('x'.repeat(247_000));
      expect(await timeOf('Did you mean '.repeat(19_000))).toBeLessThan(20 * quiet + 100);
    },
  );

  it('S1 200,000 lines take about as long as one line', async () => {
    const query = 'query ($i: [ID!]!) { nodes(ids: $i) { id } }';
    const ids = Array.from({ length: 100 }, () => 'unknown');
    const errors = { query: `{ ${'x '.repeat(100)} }` };
    for (const members of [{ query, variables: { i: ids } }, errors]) {
      const withPrefix = (character: string) => ({
        ...members,
        query: character.repeat(200_000) + members.query,
      });
      const quiet = await fastest(TRANSPORTS.post, withPrefix(' '));
      const many = await fastest(TRANSPORTS.post, withPrefix('\n'));
      expect(many).toBeLessThan(5 * quiet + 100);
    }
  });
});

/** Returns the shortest time of three attempts. The server runs in this process. */
async function fastest(send: Send, members: RequestMembers): Promise<number> {
  let best = Infinity;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const startedAt = performance.now();
    const { errors } = await send(gateway.url, members);
    best = Math.min(best, performance.now() - startedAt);
    expect(errors.length).toBeGreaterThan(0);
  }
  return best;
}

const INPUT = {
  modelId: 'amazon.nova-reel-v1:0',
  modelInput: {},
  clientRequestToken: 't',
  outputDataConfig: { s3OutputDataConfig: { s3Uri: 's3://bucket/' } },
};
const start = (changes: object): RequestMembers => ({
  query:
    'mutation ($input: StartAsyncInvokeInput!) { startAsyncInvoke(input: $input) { asyncInvoke { id } } }',
  variables: { input: { ...INPUT, ...changes } },
});
const changed = (variables: object): RequestMembers => ({
  query: 'subscription ($f: AsyncInvokeFilter) { asyncInvokeChanged(filter: $f) { id } }',
  variables: { f: variables },
});

const HINTS: Readonly<Record<string, RequestMembers>> = {
  'a root field': { query: '{ asyncInvokez { nodes { id } } }' },
  'a field': { query: '{ asyncInvokes { nodes { statuss } } }' },
  'a missing selection': { query: '{ asyncInvokes }' },
  'a needless selection': { query: '{ asyncInvokes { nodes { id { x } } } }' },
  'a field of an interface': { query: '{ node(id: "x") { status } }' },
  'an argument': { query: '{ asyncInvokes(firts: 1) { nodes { id } } }' },
  'an enum value': { query: '{ asyncInvokes(filter: {statusEquals: FAILEDD}) { nodes { id } } }' },
  'an enum value as a string': {
    query: '{ asyncInvokes(filter: {statusEquals: "FAILED"}) { nodes { id } } }',
  },
  'an input field': { query: '{ asyncInvokes(filter: {statusEqual: FAILED}) { nodes { id } } }' },
  'a type': { query: '{ ... on Querry { __typename } }' },
  'a type of a variable': {
    query: 'query ($f: AsyncInvokeFiltr) { asyncInvokes(filter: $f) { nodes { id } } }',
  },
  'a directive': { query: '{ __typename @skp(if: true) }' },
  'an argument of a directive': { query: '{ __typename @skip(iff: true) }' },
  'a default value': {
    query:
      'query ($f: AsyncInvokeFilter = {statusEqual: FAILED}) { asyncInvokes(filter: $f) { nodes { id } } }',
  },
  'an input field in a variable': filterVariable({ statusEqual: 'FAILED' }),
  'an enum value in a variable': filterVariable({ statusEquals: 'FAILEDD' }),
  'an input field of a start': start({ modelld: 'x' }),
  'a nested input field of a start': start({
    outputDataConfig: { s3OutputDataConfig: { s3Uri: 's3://bucket/', kmsKey: 'x' } },
  }),
  'a field of a subscription': { query: 'subscription { asyncInvokeChange { id } }' },
  'an argument of a subscription': {
    query: 'subscription { asyncInvokeChanged(filtr: {}) { id } }',
  },
  'an input field in a variable of a subscription': changed({ statusEqual: 'FAILED' }),
  'an enum value in a variable of a subscription': changed({ statusEquals: 'FAILEDD' }),
};

it.each(ALL.flatMap((name) => Object.keys(HINTS).map((hint) => [name, hint] as const)))(
  'LOW-01 over %s, no name is suggested for %s',
  async (name, hint) => {
    const { errors } = await TRANSPORTS[name](gateway.url, HINTS[hint] ?? {});
    expect(errors.length).toBeGreaterThan(0);
    const text = JSON.stringify(errors);
    expect(text).not.toMatch(/did you mean/i);
    const sent = JSON.stringify(HINTS[hint]);
    const names = ['asyncInvokes', 'asyncInvokeChanged', 'statusEquals', 'first', 'kmsKeyId'];
    for (const each of names) if (!sent.includes(each)) expect(text).not.toContain(each);
  },
);

/** Sends a GET whose URL no client library changes. */
function rawGet(target: string, accept: string): Promise<{ status: number; body: string }> {
  const headers = { accept, 'apollo-require-preflight': '1' };
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(gateway.url);
    request({ hostname, port, path: target, headers }, (response) => {
      const status = response.statusCode ?? 0;
      // An event stream has no end.
      if (response.headers['content-type']?.startsWith('text/event-stream')) {
        response.destroy();
        resolve({ status, body: '' });
        return;
      }
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => {
        resolve({ status, body });
      });
    })
      .on('error', reject)
      .end();
  });
}

describe('S3 a GET with a malformed URL', () => {
  const MALFORMED = ['%FF', '%zz', '%', '%4', '%E0%A4', '%C0%80', '%ED%A0%80', '%F5%80%80%80'];
  const aliases = Array.from({ length: 400 }, (_, n) => `a${n}:__typename`).join(',');
  const DOCUMENTS = {
    'application/json': `{${aliases}}`,
    'text/event-stream': 'subscription{asyncInvokeChanged{id}}',
  };
  const TARGETS = {
    'in a comment of the document': (query: string, escape: string) =>
      `/graphql?query=${query}%23${escape}`,
    'in another parameter': (query: string, escape: string) =>
      `/graphql?x=${escape}&query=${query}`,
    'in the name of a parameter': (query: string, escape: string) =>
      `/graphql?query=${query}&${escape}=1`,
    'in the variables': (query: string, escape: string) =>
      `/graphql?query=${query}&variables=%7B%22a%22%3A%22${escape}%22%7D`,
  };

  it.each(
    Object.keys(DOCUMENTS).flatMap((accept) =>
      Object.keys(TARGETS).flatMap((target) =>
        MALFORMED.map((escape) => [escape, target, accept] as const),
      ),
    ),
  )('S3 %s %s is refused for %s', async (escape, target, accept) => {
    const query = encodeURIComponent(DOCUMENTS[accept as keyof typeof DOCUMENTS]);
    const path = TARGETS[target as keyof typeof TARGETS](query, escape);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const { status, body } = await rawGet(path, accept);
      expect(status).toBe(400);
      expect(body).toContain('"code":"BAD_REQUEST"');
    }
  });

  it.each([
    ['a plus sign', '%7B+__typename+%7D'],
    ['escapes of valid UTF-8', '%7B__typename%7D%23%C3%BC%F0%9F%98%80%2B%25'],
    ['an escaped null byte in a comment', '%7B__typename%7D%23%00'],
    ['no escapes', '{__typename}'],
  ])('S3 a URL with %s is read as clients write it', async (_title, query) => {
    const { body } = await rawGet(`/graphql?query=${query}`, 'application/json');
    expect(body).toMatch(/"__typename":"Query"|GRAPHQL_PARSE_FAILED/);
    expect(body).not.toContain('BAD_REQUEST');
  });
});

describe('S3 a body with invalid Unicode', () => {
  it.each([
    ['a byte that is no UTF-8', Buffer.from([0xff])],
    ['an incomplete character', Buffer.from([0xe0, 0xa4])],
    ['an overlong encoding', Buffer.from([0xc0, 0x80])],
    ['an encoded surrogate', Buffer.from([0xed, 0xa0, 0x80])],
  ])('S3 %s is refused', async (_title, bytes) => {
    const body = Buffer.concat([Buffer.from('{"query":"{__typename} #'), bytes, Buffer.from('"}')]);
    const headers = { 'content-type': 'application/json' };
    const response = await gateway.fetch({ method: 'POST', headers, body });
    expect([response.status, response.errors[0]?.extensions.code]).toEqual([400, 'BAD_REQUEST']);
  });

  it('S3 a document with a lone surrogate is not treated as one with a replacement character', async () => {
    const post = (query: string) => postJson(`${gateway.url}/graphql`, `{"query":"${query}"}`);
    expect((await post('{__typename}#\ufffd')).status).toBe(200);
    expect((await post('{__typename}#\\ud800')).status).toBe(400);
  });
});

describe('LOW-04 the response cache', () => {
  let cached: Gateway;
  beforeAll(async () => {
    cached = await startGateway({
      emulator: { jobs: 5 },
      variables: { LIST_CACHE_TTL_MS: '60000' },
    });
  });
  afterAll(async () => {
    await cached.stop();
  });

  const QUERY = 'query ($n: Int) { asyncInvokes(first: $n) { nodes { id } } }';
  it.each([
    ['a number over the range of doubles', 'null', '1e400'],
    ['a negative number over the range of doubles', 'null', '-1e400'],
    ['a duplicate key with another value', '2', '3, "n": 4'],
    ['a number that rounds to the first', '2', '2.0000000000000000001'],
    ['a negative zero', '0', '-0'],
  ])('LOW-04 %s is not served the response for another body', async (_title, first, second) => {
    const send = (value: string, headers = {}) =>
      cached.fetch({
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: `{"query": ${JSON.stringify(QUERY)}, "variables": {"n": ${value}}}`,
      });
    await send(first);
    const response = await send(second);
    const uncached = await send(second, { 'cache-control': 'no-store' });
    expect([response.status, response.text]).toEqual([uncached.status, uncached.text]);
  });
});
