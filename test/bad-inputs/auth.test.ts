import { createHmac } from 'node:crypto';
import { request as rawRequest } from 'node:http';
import type { GraphqlAnswer } from '../harness/graphql-client.ts';
import { type Gateway, startGateway } from '../harness/gateway.ts';
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

function ask(headers: Record<string, string>, query = LIST): Promise<GraphqlAnswer> {
  return gateway.fetch({
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const unsigned = (header: object, payload: object) => `${base64url(header)}.${base64url(payload)}.`;
const CLAIMS = {
  iss: 'https://issuer.example',
  aud: 'bedrock-async-graphql',
  sub: 'eve',
  scope: READ,
};

describe('a request without a valid token', () => {
  it.each<[string, () => Promise<Record<string, string>>]>([
    ['AUTH-01 none', () => Promise.resolve({})],
    ['AUTH-02 another scheme', () => Promise.resolve({ authorization: 'Basic YTpi' })],
    ['two tokens', () => Promise.resolve({ authorization: 'Bearer a, Bearer b' })],
    ['AUTH-04 a token of 9 KB', () => Promise.resolve(bearer('a'.repeat(9000)))],
    ['no token at all in it', () => Promise.resolve(bearer('a.b.c'))],
    [
      'AUTH-05 alg none',
      () => Promise.resolve(bearer(unsigned({ alg: 'none' }, { ...CLAIMS, exp: now() + 300 }))),
    ],
    [
      'AUTH-06 signed with the public key as a secret',
      () => {
        const head = `${base64url({ alg: 'HS256', kid: 'k1' })}.${base64url({ ...CLAIMS, exp: now() + 300 })}`;
        const mac = createHmac('sha256', issuer.publicKeyPem).update(head).digest('base64url');
        return Promise.resolve(bearer(`${head}.${mac}`));
      },
    ],
    [
      'AUTH-08 another issuer',
      async () => bearer(await issuer.sign({ iss: 'https://evil.example' })),
    ],
    ['AUTH-09 another audience', async () => bearer(await issuer.sign({ aud: 'billing' }))],
    ['AUTH-10 expired a minute ago', async () => bearer(await issuer.sign({ exp: now() - 60 }))],
    ['not valid for an hour', async () => bearer(await issuer.sign({ nbf: now() + 3600 }))],
    ['without an end', async () => bearer(await issuer.sign({ exp: undefined }))],
    ['of nobody', async () => bearer(await issuer.sign({ sub: undefined }))],
    [
      'AUTH-12 signed with another key',
      async () => bearer(await issuer.sign({}, { foreignKey: true })),
    ],
  ])('%s is 401 with a challenge, before its body is read', async (_id, headers) => {
    const { status, headers: answer, errors, text } = await ask(await headers());
    expect([status, errors.map(({ extensions }) => extensions.code)]).toEqual([
      401,
      ['UNAUTHENTICATED'],
    ]);
    expect(answer.get('www-authenticate')).toMatch(/^Bearer/);
    expect(text).not.toMatch(/JW[ST]|jose|signature/i);
    expect(gateway.emulator.requests).toEqual([]);
  });

  it('is told so whatever it asks, and nothing of the schema', async () => {
    for (const query of [
      '{',
      '{ nothing }',
      '{ __schema { types { name } } }',
      '{ _service { sdl } }',
    ]) {
      expect((await ask({}, query)).status).toBe(401);
    }
  });

  it('may still ask whether the gateway is live and ready', async () => {
    expect((await fetch(`${gateway.url}/livez`)).status).toBe(200);
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
  });
});

describe('a valid token', () => {
  it.each<[string, () => Promise<string>]>([
    ['lets its bearer read', () => issuer.sign()],
    ['may have ended up to 30 seconds ago', () => issuer.sign({ exp: now() - 15 })],
    ['may have more scopes', () => issuer.sign({ scope: `openid ${READ} async-invokes:start` })],
    ['may be for more audiences', () => issuer.sign({ aud: ['x', 'bedrock-async-graphql'] })],
  ])('%s', async (_what, token) => {
    const { status, errors } = await ask(bearer(await token()));
    expect([status, errors]).toEqual([200, []]);
  });

  it.each([
    ['AUTH-16 that may only start', 'async-invokes:start'],
    ['of no scope', undefined],
    ['of a scope that only begins so', `${READ}-not`],
  ])('%s lists nothing', async (_id, scope) => {
    const { status, data, errors } = await ask(bearer(await issuer.sign({ scope })));
    expect([status, data]).toEqual([200, { asyncInvokes: null }]);
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
    expect(gateway.emulator.requests).toEqual([]);
  });

  it('that may not read is refused each way to a job', async () => {
    const arn = 'arn:aws:bedrock:us-east-1:111122223333:async-invoke/aaaaaaaaaaaa';
    const id = Buffer.from(`AsyncInvokeSummary:${arn}`).toString('base64url');
    const query = `{
      a: asyncInvoke(invocationArn: "${arn}") { id }
      b: node(id: "${id}") { id }
      c: nodes(ids: ["${id}"]) { id }
    }`;
    const { errors } = await ask(bearer(await issuer.sign({ scope: '' })), query);
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(Array(3).fill('FORBIDDEN'));
    expect(gateway.emulator.requests).toEqual([]);
  });

  it('names its bearer in the log, and is not in it', async () => {
    const token = await issuer.sign({ sub: 'grace\n{"level":60}' });
    await ask(bearer(token));
    const lines = gateway.logLines.filter((line) => line.includes('grace'));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      identity: 'https://issuer.example#grace\n{"level":60}',
    });
    expect(gateway.logLines.join('')).not.toContain(token.split('.')[2]);
  });

  it('holds no longer than it says, also where it has been seen before', async () => {
    const headers = bearer(await issuer.sign({ exp: now() - 28 }));
    expect((await ask(headers)).status).toBe(200);
    await waitForAsync(async () => (await ask(headers)).status === 401);
  });

  it('X-06 of a key that nobody has costs the issuer nothing more', async () => {
    const before = issuer.fetches();
    for (let n = 0; n < 50; n += 1) {
      expect((await ask(bearer(await issuer.sign({}, { kid: `random-${n}` })))).status).toBe(401);
    }
    expect(issuer.fetches() - before).toBeLessThanOrEqual(1);
  });

  it('X-06 costs an issuer that is down nothing more either', async () => {
    const down = await startIssuer();
    const cold = await startGateway({ variables: down.variables });
    down.answer = (response) => response.destroy();
    try {
      const before = down.fetches();
      for (let n = 0; n < 20; n += 1) {
        const token = await down.sign({}, { kid: `random-${n}` });
        const { status } = await cold.fetch({
          method: 'POST',
          headers: { 'content-type': 'application/json', ...bearer(token) },
          body: JSON.stringify({ query: LIST }),
        });
        expect([401, 503]).toContain(status);
      }
      expect(down.fetches() - before).toBeLessThanOrEqual(2);
    } finally {
      await cold.stop();
      await down.stop();
    }
  });

  it('X-05 is checked with the keys that are known while the issuer is down', async () => {
    const { answer } = issuer;
    issuer.answer = (response) => response.destroy();
    try {
      expect((await ask(bearer(await issuer.sign()))).status).toBe(200);
    } finally {
      issuer.answer = answer;
    }
  });
});

describe('a router', () => {
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
    subgraph.fetch({
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    });

  it.each(SECRETS)('with the secret %s may ask everything', async (secret) => {
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
    ['no secret', LIST, {}, 401, 'UNAUTHENTICATED'],
    ['FED-02 no secret for entities', ENTITIES, {}, 403, 'FORBIDDEN'],
    ['FED-03 no secret for entities in a fragment', HIDDEN, {}, 403, 'FORBIDDEN'],
    ['no secret for the SDL', SERVICE, {}, 403, 'FORBIDDEN'],
  ])('%s is refused', async (_id, query, headers, status, code) => {
    const answer = await send(query, headers);
    expect([answer.status, answer.errors.map(({ extensions }) => extensions.code)]).toEqual([
      status,
      [code],
    ]);
    if (status === 401) expect(answer.headers.get('www-authenticate')).toBe('Router');
    expect(subgraph.emulator.requests).toEqual([]);
  });

  it('is told apart from its users, whose tokens still count', async () => {
    const both = await startGateway({
      variables: { ...issuer.variables, GRAPH_ROLE: 'subgraph', ROUTER_SECRET: SECRETS[0] },
    });
    try {
      const as = async (token?: string) => {
        const { status, errors } = await both.fetch({
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'router-authorization': SECRETS[0],
            ...(token !== undefined && bearer(token)),
          },
          body: JSON.stringify({ query: LIST }),
        });
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

  it('FED-02 FED-03 is nobody where only users have credentials', async () => {
    const users = await startGateway({
      variables: { ...issuer.variables, GRAPH_ROLE: 'subgraph' },
    });
    try {
      for (const query of [SERVICE, ENTITIES, HIDDEN]) {
        const { status, errors } = await users.fetch({
          method: 'POST',
          headers: { 'content-type': 'application/json', ...bearer(await issuer.sign()) },
          body: JSON.stringify({ query }),
        });
        expect([status, errors[0]?.extensions.code]).toEqual([403, 'FORBIDDEN']);
      }
    } finally {
      await users.stop();
    }
  });
});

describe('an issuer whose keys cannot be had', () => {
  it.each<[string, Issuer['answer']]>([
    ['that is down', (response) => response.destroy()],
    ['that hangs', () => undefined],
    ['that answers with HTML', (response) => response.end('<html>')],
    ['that sends elsewhere', (response) => response.writeHead(302, { location: '/' }).end()],
    ['that fails', (response) => response.writeHead(500).end()],
  ])('X-04 %s makes tokens 503, not 401, until it is back', async (_how, answer) => {
    const flaky = await startIssuer();
    const keys = flaky.answer;
    flaky.answer = answer;
    const cold = await startGateway({ variables: flaky.variables });
    try {
      const send = async () =>
        cold.fetch({
          method: 'POST',
          headers: { 'content-type': 'application/json', ...bearer(await flaky.sign()) },
          body: JSON.stringify({ query: '{ __typename }' }),
        });
      const refused = await send();
      expect(refused.status).toBe(503);
      expect(refused.errors[0]?.extensions.code).toBe('SERVICE_UNAVAILABLE');
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await fetch(`${cold.url}/readyz`)).status).toBe(503);
      expect((await fetch(`${cold.url}/livez`)).status).toBe(200);
      flaky.answer = keys;
      expect((await fetch(`${cold.url}/readyz`)).status).toBe(200);
      expect((await send()).status).toBe(200);
    } finally {
      await cold.stop();
      await flaky.stop();
    }
  });
});

describe('what is open to this machine alone', () => {
  it('is not there under another name, which a page of another site could make lead here', async () => {
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

it('nested JSON without a secret is refused like any other', async () => {
  const subgraph = await startGateway({
    variables: { GRAPH_ROLE: 'subgraph', ROUTER_SECRET: 'the-secret-of-today' },
  });
  const { status } = await subgraph.fetch({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: `{"query":"{ __typename }","variables":${'['.repeat(60_000)}${']'.repeat(60_000)}}`,
  });
  expect([400, 401]).toContain(status);
  await subgraph.stop();
});

it('a header that is too long is refused before anything looks at it', async () => {
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
