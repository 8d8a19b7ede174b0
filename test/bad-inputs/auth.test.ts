import { createHmac } from 'node:crypto';
import { request as rawRequest } from 'node:http';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import { codesOf, type GraphqlResponse } from '../harness/graphql-client.ts';
import { jsonRequest } from '../harness/http.ts';
import { type Issuer, READ, startIssuer } from '../harness/issuer.ts';
import { waitForAsync } from '../harness/wait-for.ts';

const LIST = '{ asyncInvokes { nodes { id } } }';
const now = () => Math.floor(Date.now() / 1000);
const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

let issuer: Issuer;
let gateway: Gateway;
beforeAll(async () => {
  issuer = await startIssuer();
  gateway = await startGateway({ variables: issuer.variables, emulator: { jobs: 3 } });
});
afterEach(() => {
  gateway.emulator.clearRequests();
});
afterAll(async () => {
  await gateway.stop();
  await issuer.stop();
});

function ask(headers: Record<string, string>, query = LIST): Promise<GraphqlResponse> {
  return gateway.query(query, {}, headers);
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const unsigned = (header: object, payload: object) => `${base64url(header)}.${base64url(payload)}.`;
const CLAIMS = {
  iss: 'https://issuer.example',
  aud: 'bedrock-async-graphql',
  sub: 'eve',
  scope: READ,
};

describe('requests without a valid token', () => {
  it.each<[string, () => Promise<Record<string, string>>]>([
    ['AUTH-01 no token', () => Promise.resolve({})],
    [
      'AUTH-02 another authentication scheme',
      () => Promise.resolve({ authorization: 'Basic YTpi' }),
    ],
    ['two tokens', () => Promise.resolve({ authorization: 'Bearer a, Bearer b' })],
    ['AUTH-04 a token of 9 KB', () => Promise.resolve(bearer('a'.repeat(9000)))],
    ['a token that is no JWT', () => Promise.resolve(bearer('a.b.c'))],
    [
      'AUTH-05 a token with alg none',
      () => Promise.resolve(bearer(unsigned({ alg: 'none' }, { ...CLAIMS, exp: now() + 300 }))),
    ],
    [
      'AUTH-06 a token signed with the public key as a secret',
      () => {
        const head = `${base64url({ alg: 'HS256', kid: 'k1' })}.${base64url({ ...CLAIMS, exp: now() + 300 })}`;
        const mac = createHmac('sha256', issuer.publicKeyPem).update(head).digest('base64url');
        return Promise.resolve(bearer(`${head}.${mac}`));
      },
    ],
    [
      'AUTH-08 a token of another issuer',
      async () => bearer(await issuer.sign({ iss: 'https://evil.example' })),
    ],
    [
      'AUTH-09 a token for another audience',
      async () => bearer(await issuer.sign({ aud: 'billing' })),
    ],
    [
      'AUTH-10 a token that expired a minute ago',
      async () => bearer(await issuer.sign({ exp: now() - 60 })),
    ],
    [
      'a token that becomes valid in an hour',
      async () => bearer(await issuer.sign({ nbf: now() + 3600 })),
    ],
    ['a token without an expiry', async () => bearer(await issuer.sign({ exp: undefined }))],
    ['a token without a subject', async () => bearer(await issuer.sign({ sub: undefined }))],
    [
      'AUTH-12 a token signed with another key',
      async () => bearer(await issuer.sign({}, { foreignKey: true })),
    ],
  ])('%s is 401 with a challenge', async (_id, headers) => {
    const response = await ask(await headers());
    expect([response.status, codesOf(response)]).toEqual([401, ['UNAUTHENTICATED']]);
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(response.text).not.toMatch(/JW[ST]|jose|signature/i);
    expect(gateway.emulator.requests).toEqual([]);
  });

  it('a request without a valid token is 401 for every document', async () => {
    for (const query of [
      '{',
      '{ nothing }',
      '{ __schema { types { name } } }',
      '{ _service { sdl } }',
    ]) {
      expect((await ask({}, query)).status).toBe(401);
    }
  });

  it('a request without a valid token may read /livez and /readyz', async () => {
    expect((await fetch(`${gateway.url}/livez`)).status).toBe(200);
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
  });
});

describe('valid tokens', () => {
  it.each<[string, () => Promise<string>]>([
    ['a valid token is accepted', () => issuer.sign()],
    [
      'a valid token that expired up to 30 seconds ago is accepted',
      () => issuer.sign({ exp: now() - 15 }),
    ],
    [
      'a valid token with more scopes is accepted',
      () => issuer.sign({ scope: `openid ${READ} async-invokes:start` }),
    ],
    [
      'a valid token for more audiences is accepted',
      () => issuer.sign({ aud: ['x', 'bedrock-async-graphql'] }),
    ],
  ])('%s', async (_what, token) => {
    const { status, errors } = await ask(bearer(await token()));
    expect([status, errors]).toEqual([200, []]);
  });

  it.each([
    ['AUTH-16 a valid token with only the scope to start', 'async-invokes:start'],
    ['a valid token with no scope', undefined],
    ['a valid token with a scope that only starts like the required one', `${READ}-not`],
  ])('%s gets FORBIDDEN for a list', async (_id, scope) => {
    const { status, data, errors } = await ask(bearer(await issuer.sign({ scope })));
    expect([status, data]).toEqual([200, { asyncInvokes: null }]);
    expect(codesOf({ errors })).toEqual(['FORBIDDEN']);
    expect(gateway.emulator.requests).toEqual([]);
  });

  it('a valid token without the scope to read gets FORBIDDEN from each root field', async () => {
    const arn = 'arn:aws:bedrock:us-east-1:111122223333:async-invoke/aaaaaaaaaaaa';
    const id = Buffer.from(`AsyncInvokeSummary:${arn}`).toString('base64url');
    const query = `{
      a: asyncInvoke(invocationArn: "${arn}") { id }
      b: node(id: "${id}") { id }
      c: nodes(ids: ["${id}"]) { id }
    }`;
    const { errors } = await ask(bearer(await issuer.sign({ scope: '' })), query);
    expect(codesOf({ errors })).toEqual(Array(3).fill('FORBIDDEN'));
    expect(gateway.emulator.requests).toEqual([]);
  });

  it('a valid token appears in the log by its subject, but not by its text', async () => {
    const token = await issuer.sign({ sub: 'grace\n{"level":60}' });
    await ask(bearer(token));
    const lines = gateway.logLines.filter((line) => line.includes('grace'));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      identity: 'https://issuer.example#grace\n{"level":60}',
    });
    expect(gateway.logLines.join('')).not.toContain(token.split('.')[2]);
  });

  it('a valid token expires although it is in the cache of valid tokens', async () => {
    const headers = bearer(await issuer.sign({ exp: now() - 28 }));
    expect((await ask(headers)).status).toBe(200);
    await waitForAsync(async () => (await ask(headers)).status === 401);
  });

  it('X-06 a valid token with an unknown key id causes at most one JWKS request in 50', async () => {
    const before = issuer.fetches();
    for (let n = 0; n < 50; n += 1) {
      expect((await ask(bearer(await issuer.sign({}, { kid: `random-${n}` })))).status).toBe(401);
    }
    expect(issuer.fetches() - before).toBeLessThanOrEqual(1);
  });

  it('X-06 a valid token with an unknown key id causes at most two requests to a failing issuer', async () => {
    const down = await startIssuer();
    const cold = await startGateway({ variables: down.variables });
    down.respond = (response) => response.destroy();
    try {
      const before = down.fetches();
      for (let n = 0; n < 20; n += 1) {
        const token = await down.sign({}, { kid: `random-${n}` });
        const { status } = await cold.query(LIST, {}, bearer(token));
        expect([401, 503]).toContain(status);
      }
      expect(down.fetches() - before).toBeLessThanOrEqual(2);
    } finally {
      await cold.stop();
      await down.stop();
    }
  });

  it('X-05 a valid token is verified with cached keys while the issuer is down', async () => {
    const { respond } = issuer;
    issuer.respond = (response) => response.destroy();
    try {
      expect((await ask(bearer(await issuer.sign()))).status).toBe(200);
    } finally {
      issuer.respond = respond;
    }
  });
});

describe('routers', () => {
  const SECRETS = ['the-secret-of-today', 'the-secret-of-yesterday'] as const;
  let subgraph: Gateway;
  beforeAll(async () => {
    subgraph = await startGateway({
      variables: { GRAPH_ROLE: 'subgraph', ROUTER_SECRET: SECRETS.join(',') },
      emulator: { jobs: 3 },
    });
  });
  afterEach(() => {
    subgraph.emulator.clearRequests();
  });
  afterAll(() => subgraph.stop());

  const SERVICE = '{ _service { sdl } }';
  const ENTITIES = '{ _entities(representations: []) { __typename } }';
  const HIDDEN =
    'query { ...A } fragment A on Query { _entities(representations: []) { __typename } }';
  const send = (query: string, headers: Record<string, string> = {}) =>
    subgraph.query(query, {}, headers);

  it.each(SECRETS)('a router with the secret %s may send all operations', async (secret) => {
    for (const query of [SERVICE, ENTITIES, LIST]) {
      const { status, errors } = await send(query, { 'router-authorization': secret });
      expect([status, errors]).toEqual([200, []]);
    }
  });

  it.each([
    [
      'AUTH-17 a wrong secret',
      LIST,
      { 'router-authorization': 'the-secret-of-tomorrow' },
      401,
      'UNAUTHENTICATED',
    ],
    [
      'AUTH-17 a wrong secret for entities',
      ENTITIES,
      { 'router-authorization': 'x' },
      401,
      'UNAUTHENTICATED',
    ],
    ['a missing secret', LIST, {}, 403, 'FORBIDDEN'],
    ['FED-02 a missing secret for entities', ENTITIES, {}, 403, 'FORBIDDEN'],
    ['FED-03 a missing secret for entities in a fragment', HIDDEN, {}, 403, 'FORBIDDEN'],
    ['a missing secret for the SDL', SERVICE, {}, 403, 'FORBIDDEN'],
  ])('%s is refused', async (_id, query, headers, status, code) => {
    const response = await send(query, headers);
    expect([response.status, codesOf(response)]).toEqual([status, [code]]);
    if (status === 401) expect(response.headers.get('www-authenticate')).toBe('Router');
    expect(subgraph.emulator.requests).toEqual([]);
  });

  it('a router may read without a token, and a user’s token grants the user’s rights', async () => {
    const both = await startGateway({
      variables: { ...issuer.variables, GRAPH_ROLE: 'subgraph', ROUTER_SECRET: SECRETS[0] },
    });
    try {
      const as = async (token?: string) => {
        const headers = {
          'router-authorization': SECRETS[0],
          ...(token !== undefined && bearer(token)),
        };
        const { status, errors } = await both.query(LIST, {}, headers);
        return [status, errors[0]?.extensions.code];
      };
      expect(await as()).toEqual([200, undefined]);
      expect(await as(await issuer.sign())).toEqual([200, undefined]);
      expect(await as(await issuer.sign({ scope: '' }))).toEqual([200, 'FORBIDDEN']);
      expect(await as(await issuer.sign({}, { foreignKey: true }))).toEqual([
        401,
        'UNAUTHENTICATED',
      ]);
    } finally {
      await both.stop();
    }
  });

  it('FED-02 FED-03 a subgraph without ROUTER_SECRET has no federation fields for users', async () => {
    const users = await startGateway({
      variables: { ...issuer.variables, GRAPH_ROLE: 'subgraph' },
    });
    try {
      for (const query of [SERVICE, ENTITIES, HIDDEN]) {
        const headers = bearer(await issuer.sign());
        const { status, errors } = await users.query(query, {}, headers);
        expect([status, errors[0]?.extensions.code]).toEqual([403, 'FORBIDDEN']);
      }
    } finally {
      await users.stop();
    }
  });
});

describe('an issuer whose JWKS cannot be loaded', () => {
  it.each<[string, Issuer['respond']]>([
    ['because it is down', (response) => response.destroy()],
    ['because it hangs', () => undefined],
    ['because it sends HTML', (response) => response.end('<html>')],
    ['because it redirects', (response) => response.writeHead(302, { location: '/' }).end()],
    ['because it fails', (response) => response.writeHead(500).end()],
  ])(
    'X-04 a JWKS that cannot be loaded %s makes requests fail with 503, not 401, until it recovers',
    async (_how, respond) => {
      const flaky = await startIssuer();
      const sendKeys = flaky.respond;
      flaky.respond = respond;
      const cold = await startGateway({ variables: flaky.variables });
      try {
        const send = async () => cold.query('{ __typename }', {}, bearer(await flaky.sign()));
        const refused = await send();
        expect(refused.status).toBe(503);
        expect(refused.errors[0]?.extensions.code).toBe('SERVICE_UNAVAILABLE');
        expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
        expect((await fetch(`${cold.url}/readyz`)).status).toBe(503);
        expect((await fetch(`${cold.url}/livez`)).status).toBe(200);
        flaky.respond = sendKeys;
        await waitForAsync(async () => (await fetch(`${cold.url}/readyz`)).status === 200);
        expect((await send()).status).toBe(200);
      } finally {
        await cold.stop();
        await flaky.stop();
      }
    },
  );
});

describe('unauthenticated gateways on loopback', () => {
  it('an unauthenticated gateway on loopback rejects other host names (DNS rebinding)', async () => {
    const open = await startGateway();
    const status = (host: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const headers = { host, 'content-type': 'application/json' };
        rawRequest(`${open.url}/graphql`, { method: 'POST', headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end(JSON.stringify({ query: '{ __typename }' }));
      });
    try {
      expect(await status('evil.example')).toBe(403);
      expect(await status('127.0.0.1.evil.example')).toBe(403);
      for (const host of [
        'localhost',
        'localhost:4000',
        '127.0.0.1',
        '[::1]:4000',
        'app.localhost',
      ]) {
        expect(await status(host)).toBe(200);
      }
    } finally {
      await open.stop();
    }
  });
});

it('deeply nested JSON without a router secret is refused', async () => {
  const subgraph = await startGateway({
    variables: { GRAPH_ROLE: 'subgraph', ROUTER_SECRET: 'the-secret-of-today' },
  });
  const variables = `${'['.repeat(60_000)}${']'.repeat(60_000)}`;
  const body = `{"query":"{ __typename }","variables":${variables}}`;
  const { status } = await subgraph.fetch(jsonRequest(body));
  expect(status).toBe(403);
  await subgraph.stop();
});

it('a header of 20 KB is rejected with 431', async () => {
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const headers = { authorization: `Bearer ${'a'.repeat(20_000)}` };
    rawRequest(`${gateway.url}/graphql`, { method: 'POST', headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
  expect(status).toBe(431);
});
