import { type Gateway, type GatewayOptions, startGateway } from '../harness/gateway.ts';
import { type Issuer, startIssuer } from '../harness/issuer.ts';
import { metricsOf } from '../harness/metrics.ts';
import { sendRaw } from '../harness/raw-http.ts';

let issuer: Issuer;
let gateway: Gateway;

beforeAll(async () => {
  issuer = await startIssuer();
});
afterEach(() => gateway.stop());
afterAll(() => issuer.stop());

const start = async (variables: GatewayOptions['variables'] = {}) => {
  gateway = await startGateway({
    variables: { CORS_ORIGINS: ORIGIN, RATE_LIMIT: 'off', ...variables },
  });
};

const ORIGIN = 'https://app.example';
const PATHS = ['/livez', '/readyz', '/metrics'];
const get = (url: string, path: string, host: string, method = 'GET') =>
  sendRaw(url, `${method} ${path} HTTP/1.1`, [
    ...[`host: ${host}`, `origin: ${ORIGIN}`],
    ...['access-control-request-method: GET', 'access-control-request-private-network: true'],
  ]);

describe('health checks and metrics on the public port', () => {
  it.each(['127.0.0.1', '10.1.2.3:4000', '[fd00::1]', 'localhost:80', 'a.localhost'])(
    'LOW-05 are served for the host %s, without CORS headers',
    async (host) => {
      await start(issuer.variables);
      for (const path of PATHS) {
        const { status, text } = await get(gateway.url, path, host);
        expect([path, status]).toEqual([path, 200]);
        expect(text).not.toMatch(/access-control/i);
        expect((await get(gateway.url, path, host, 'OPTIONS')).text).not.toMatch(/access-control/i);
      }
    },
  );

  it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '127.evil:4000'])(
    'LOW-05 are refused for the host %s',
    async (host) => {
      for (const variables of [issuer.variables, { HOST: '0.0.0.0', ALLOW_ANONYMOUS: 'true' }]) {
        await start(variables);
        for (const path of PATHS) {
          const { status, text } = await get(gateway.url, path, host);
          expect([path, status]).toEqual([path, 403]);
          expect(text).toContain('MANAGEMENT_PORT');
          expect(text).not.toMatch(/access-control|"status"|http_requests_total/i);
        }
        await gateway.stop();
      }
    },
  );

  it('LOW-05 are served for the name that HOST has, and for a client that sends none', async () => {
    await start({ HOST: 'localhost' });
    expect(await get(gateway.url, '/livez', 'LOCALHOST')).toMatchObject({ status: 200 });
    expect(await sendRaw(gateway.url, 'GET /livez HTTP/1.0', [])).toMatchObject({ status: 200 });
  });
});

describe('health checks and metrics on a separate port', () => {
  it('LOW-05 are served there for every host, and not on the public port', async () => {
    await start({ ...issuer.variables, MANAGEMENT_PORT: '0' });
    const { managementUrl } = gateway.server;
    expect(managementUrl).not.toBe(gateway.url);
    for (const path of PATHS) {
      const { status, text } = await get(managementUrl, path, 'gateway.internal');
      expect([path, status]).toEqual([path, 200]);
      expect(text).not.toMatch(/access-control/i);
      expect(await get(gateway.url, path, '127.0.0.1')).toMatchObject({ status: 404 });
    }
    expect(await get(managementUrl, '/graphql', 'a')).toMatchObject({ status: 404 });
    expect(await get(managementUrl, '/livez', 'a b')).toMatchObject({ status: 400 });
    expect(await metricsOf(managementUrl)).toContain('http_requests_total{route="/livez"');
  });

  it('LOW-05 report that the gateway stops, until it has stopped', async () => {
    await start({ MANAGEMENT_PORT: '0', METRICS: 'false' });
    const { managementUrl } = gateway.server;
    const stopped = gateway.server.stop(200);
    expect(await get(managementUrl, '/readyz', 'a')).toMatchObject({ status: 503 });
    expect(await get(managementUrl, '/livez', 'a')).toMatchObject({ status: 200 });
    expect(await get(managementUrl, '/metrics', 'a')).toMatchObject({ status: 404 });
    await stopped;
    await expect(fetch(`${managementUrl}/livez`)).rejects.toThrow();
    await expect(fetch(gateway.url)).rejects.toThrow();
  });
});

it('LOW-05 the operation names of one caller leave labels for the names of others', async () => {
  await start(issuer.variables);
  const send = async (sub: string, names: readonly string[]) => {
    const authorization = `Bearer ${await issuer.sign({ sub })}`;
    for (const name of names) {
      await gateway.query(`query ${name} { __typename }`, {}, { authorization });
    }
  };
  const namesOf = (sub: string, count: number) =>
    Array.from({ length: count }, (_, n) => `${sub}${n}`);
  for (const sub of ['a', 'b', 'c']) await send(sub, namesOf(sub, 300));
  await send('d', ['Jobs']);
  const metrics = await metricsOf(gateway.url);
  const labels = metrics.match(/^graphql_operations_total\{operation="\w+"/gm) ?? [];
  expect(labels).toContain('graphql_operations_total{operation="Jobs"');
  expect(labels.length).toBeLessThanOrEqual(200);
});
