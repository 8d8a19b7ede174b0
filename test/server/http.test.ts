import { once } from 'node:events';
import { connect } from 'node:net';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import { waitFor } from '../harness/wait-for.ts';
import { GET, LIST, type PageJson } from '../harness/queries.ts';

const SANDBOX = 'https://studio.apollographql.com';

let gateway: Gateway;
afterEach(() => gateway.stop());

const preflight = (origin: string) =>
  fetch(`${gateway.url}/graphql`, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    },
  });

describe('local mode', () => {
  beforeEach(async () => {
    gateway = await startGateway({ mode: 'local', emulator: { jobs: 3 } });
  });

  it.each([
    SANDBOX,
    'https://sandbox.embed.apollographql.com',
    'https://explorer.embed.apollographql.com',
  ])('local mode allows pages of %s to send operations', async (origin) => {
    const { status, headers } = await preflight(origin);
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe(origin);
    expect(headers.get('access-control-allow-headers')).toContain('content-type');
  });

  it('local mode does not allow pages of other sites to send operations', async () => {
    const { headers } = await preflight('https://evil.example');
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  it('local mode serves the dashboard and its assets with a strict content security policy', async () => {
    const page = await fetch(`${gateway.url}/`);
    const html = await page.text();
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    const assets = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path);
    expect(assets.length).toBeGreaterThan(1);
    for (const path of assets) {
      expect((await fetch(`${gateway.url}${path}`)).status).toBe(200);
    }
  });

  it('local mode redirects a browser that opens the endpoint to the dashboard', async () => {
    const headers = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
    const response = await fetch(`${gateway.url}/graphql`, { headers, redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([302, '/']);
  });
});

describe('serve mode', () => {
  beforeEach(async () => {
    gateway = await startGateway({
      variables: { CORS_ORIGINS: 'https://app.example.com' },
      emulator: { jobs: 3 },
    });
  });

  it('the gateway allows only pages of CORS_ORIGINS to send operations', async () => {
    const allowed = await preflight('https://app.example.com');
    const refused = await preflight(SANDBOX);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    expect(refused.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('the gateway serves no dashboard', async () => {
    expect((await fetch(`${gateway.url}/`)).status).toBe(404);
  });

  it('the gateway is live and ready', async () => {
    expect((await fetch(`${gateway.url}/livez`)).status).toBe(200);
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
  });

  it('the gateway is live and ready while the upstream fails', async () => {
    gateway.emulator.inject({ kind: 'error', type: 'InternalServerException', status: 500 });
    expect((await fetch(`${gateway.url}/livez`)).status).toBe(200);
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
  });

  it('the gateway reads an invocation once for all fields of a request', async () => {
    const [job] = gateway.emulator.jobs();
    const arn = job?.invocationArn;
    const aliases = ['a', 'b', 'c'].map(
      (name) => `${name}: asyncInvoke(invocationArn: $arn) { invocationArn }`,
    );
    const { data } = await gateway.query(`query ($arn: AwsArn!) { ${aliases.join(' ')} }`, { arn });
    expect(data).toEqual(
      Object.fromEntries(['a', 'b', 'c'].map((name) => [name, { invocationArn: arn }])),
    );
    expect(gateway.emulator.requests).toHaveLength(1);
  });

  it('the gateway returns the same fields for an invocation that is listed or read', async () => {
    const { data } = await gateway.query(LIST);
    const [listed] = (data?.asyncInvokes as PageJson).nodes;
    const read = await gateway.query(GET, { arn: listed?.invocationArn });
    expect(listed).toMatchObject(read.data?.asyncInvoke as object);
  });

  it('the gateway logs a GET without its document', async () => {
    await gateway.fetch({
      search: `?query=${encodeURIComponent('{ secretAlias: __typename }')}`,
      headers: { 'apollo-require-preflight': 'true' },
    });
    const line = gateway.logLines.find((each) => each.includes('"msg":"request"')) ?? '';
    expect(JSON.parse(line)).toMatchObject({ method: 'GET', route: '/graphql', statusCode: 200 });
    expect(line).not.toContain('secretAlias');
  });
});

describe('stopping', () => {
  it('a stop finishes requests in flight, and a second stop is harmless', async () => {
    gateway = await startGateway({ emulator: { jobs: 3, knobs: { latencyMs: 300 } } });
    const inFlight = gateway.query(LIST);
    await waitFor(() => gateway.emulator.counts.inFlight === 1);
    const stopped = Promise.all([gateway.server.stop(), gateway.server.stop()]);
    const { status, data, errors } = await inFlight;
    expect([status, errors]).toEqual([200, []]);
    expect((data?.asyncInvokes as PageJson).nodes).toHaveLength(3);
    await stopped;
    await expect(fetch(`${gateway.url}/livez`)).rejects.toThrow();
  });

  it('a stop does not wait for a connection that has sent nothing', async () => {
    gateway = await startGateway({
      variables: { REQUEST_TIMEOUT_MS: '60000', HEADERS_TIMEOUT_MS: '60000' },
    });
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    await once(socket, 'connect');
    const closed = once(socket, 'close');
    await gateway.query('{ __typename }');
    const stopped = gateway.server.stop();
    await closed;
    await stopped;
  });
});
