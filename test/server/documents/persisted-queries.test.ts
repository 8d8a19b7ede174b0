import { randomUUID } from 'node:crypto';
import { type Gateway, startGateway } from '../../harness/gateway.ts';
import { codesOf } from '../../harness/graphql-client.ts';
import { type Issuer, startIssuer } from '../../harness/issuer.ts';
import { sha256 } from '../../harness/manifest.ts';
import { TRANSPORTS, type TransportName } from '../../harness/transports.ts';

const QUERY = '{ asyncInvokes(first: 1) { nodes { id } } }';
const CHANGES = 'subscription { asyncInvokeChanged { id } }';

const hashed = (text: string) => ({
  extensions: { persistedQuery: { version: 1, sha256Hash: sha256(text) } },
});

describe('automatic persisted queries', () => {
  let gateway: Gateway;
  let issuer: Issuer;
  beforeAll(async () => {
    issuer = await startIssuer();
    gateway = await startGateway({
      emulator: { jobs: 5 },
      variables: { ...issuer.variables, APQ: 'true', RATE_LIMIT: 'off' },
    });
  });
  afterAll(async () => {
    await gateway.stop();
    await issuer.stop();
  });

  const post = async (body: object, sub = 'ada') =>
    gateway.fetch({
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await issuer.sign({ sub })}`,
      },
      body: JSON.stringify(body),
    });
  const get = async (members: Readonly<Record<string, unknown>>) => {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(members)) {
      search.set(name, typeof value === 'string' ? value : JSON.stringify(value));
    }
    return gateway.fetch({
      headers: {
        'apollo-require-preflight': 'true',
        authorization: `Bearer ${await issuer.sign()}`,
      },
      search: `?${search.toString()}`,
    });
  };
  const isRegistered = async (text: string) =>
    !codesOf(await post(hashed(text))).includes('PERSISTED_QUERY_NOT_FOUND');

  it('an unknown hash is not found, with the message that clients recognize', async () => {
    for (const send of [post, get]) {
      const { status, errors } = await send(hashed('{ __typename } # unknown'));
      expect([status, errors]).toEqual([
        200,
        [
          {
            message: 'PersistedQueryNotFound',
            extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' },
          },
        ],
      ]);
    }
  });

  it.each([
    ['POST', 'GET', post, get],
    ['GET', 'POST', get, post],
  ])('a document that %s registers is found by %s', async (method, _other, register, find) => {
    const query = `${QUERY} # ${method}`;
    const first = await register({ query, ...hashed(query) });
    expect([first.status, first.errors]).toEqual([200, []]);
    expect((await find(hashed(query))).data).toEqual(first.data);
    expect((await register(hashed(query))).data).toEqual(first.data);
  });

  it('a document of one caller is found by another', async () => {
    await post({ query: QUERY, ...hashed(QUERY) });
    expect((await post(hashed(QUERY), 'grace')).status).toBe(200);
  });

  it('a hash of another document is a bad request', async () => {
    const response = await post({ query: QUERY, ...hashed('{ __typename } # other') });
    expect([response.status, codesOf(response)]).toEqual([400, ['BAD_REQUEST']]);
    expect(await isRegistered('{ __typename } # other')).toBe(false);
  });

  it.each([
    ['a syntax error', '{'],
    ['an unknown field', '{ nope }'],
    ['a document over a limit', `{ ${'a: __typename '.repeat(21)} }`],
    ['a long literal', `{ asyncInvoke(invocationArn: "${'x'.repeat(5000)}") { id } }`],
    ['a subscription over POST', CHANGES],
    ['a mutation that the graph does not have', 'mutation { x }'],
    ['a missing variable', 'query ($n: Int!) { asyncInvokes(first: $n) { nodes { id } } }'],
  ])('%s is not registered', async (_title, query) => {
    const response = await post({ query, ...hashed(query) });
    expect(response.status).toBe(400);
    expect(await isRegistered(query)).toBe(false);
  });

  it('a document without a hash is not registered', async () => {
    await post({ query: '{ __typename } # no hash' });
    expect(await isRegistered('{ __typename } # no hash')).toBe(false);
  });

  it('a caller with many documents removes its own, and not those of others', async () => {
    const quiet = '{ __typename } # quiet';
    await post({ query: quiet, ...hashed(quiet) }, 'quiet');
    const spaces = ' '.repeat(200_000);
    const many = Array.from({ length: 30 }, () => `{ __typename }${spaces}# ${randomUUID()}`);
    for (const query of many) await post({ query, ...hashed(query) }, 'busy');
    expect(await isRegistered(quiet)).toBe(true);
    expect(await isRegistered(many[0] ?? '')).toBe(false);
    expect(await isRegistered(many.at(-1) ?? '')).toBe(true);
  });
});

describe('over streams', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway({ variables: { APQ: 'true' } });
  });
  afterAll(async () => {
    await gateway.stop();
  });

  it.each(['ssePost', 'sseGet', 'websocket'] as const satisfies TransportName[])(
    'an unknown hash over %s is not found',
    async (name) => {
      const { errors } = await TRANSPORTS[name](gateway.url, hashed(CHANGES));
      expect(errors.map(({ extensions }) => extensions.code)).toEqual([
        'PERSISTED_QUERY_NOT_FOUND',
      ]);
    },
  );
});

it('without APQ, a persisted query is not supported, with or without its document', async () => {
  const gateway = await startGateway();
  for (const members of [hashed(QUERY), { query: QUERY, ...hashed(QUERY) }]) {
    const { status, errors } = await TRANSPORTS.post(gateway.url, members);
    expect([status, errors[0]?.message, errors[0]?.extensions.code]).toEqual([
      200,
      'PersistedQueryNotSupported',
      'PERSISTED_QUERY_NOT_SUPPORTED',
    ]);
  }
  await gateway.stop();
});
