import { type Gateway, startGateway } from '../harness/gateway.ts';
import { type Issuer, startIssuer } from '../harness/issuer.ts';
import { sendRaw } from '../harness/raw-http.ts';

let issuer: Issuer;
let gateway: Gateway;

beforeAll(async () => {
  issuer = await startIssuer();
});
afterEach(() => gateway.stop());
afterAll(() => issuer.stop());

const get = (path: string, ...hosts: readonly string[]) =>
  sendRaw(
    gateway.url,
    `GET ${path} HTTP/1.1`,
    hosts.map((host) => `host: ${host}`),
  );

const MALFORMED = [
  ...['a b', '[', ']', '[]', '[::1', '::1', '[a]', '[::1]x', 'a%b', 'a%41', '', ' ', 'a@b', 'a/b'],
  ...['a?b', 'a#b', 'a\\b', 'a,b', '<a>', 'a"b', 'é', '1.2.3.999', '1.2.3.4.5.6', ':80'],
  ...['a:b', 'a:1:2', 'a:-1', 'a:65536', 'a:123456', 'http://a', 'a'.repeat(300)],
];
const PATHS = ['/graphql', '/graphql?query={__typename}', '/livez', '/readyz', '/metrics', '/none'];

describe('a malformed host', () => {
  it('LOW-02 is refused with 400 on every route, with and without authentication', async () => {
    for (const variables of [issuer.variables, {}]) {
      gateway = await startGateway({ variables: { ...variables, RATE_LIMIT: 'off' } });
      const responses = PATHS.flatMap((path) =>
        MALFORMED.map(async (host) => {
          const { status, text } = await get(path, host);
          const isClear = text.includes('`Host` is malformed') && text.includes('BAD_REQUEST');
          return { path, host, status, isClear };
        }),
      );
      const others = (await Promise.all(responses)).filter((each) => each.status !== 400);
      expect(others).toEqual([]);
      expect((await Promise.all(responses)).every(({ isClear }) => isClear)).toBe(true);
      expect(await get('/livez', '127.0.0.1', 'localhost')).toMatchObject({ status: 400 });
      expect(await get('/livez')).toMatchObject({ status: 400 });
      expect(gateway.logLines.join('')).not.toContain('internal error');
      await gateway.stop();
    }
  });

  it('LOW-02 is refused before a WebSocket opens', async () => {
    gateway = await startGateway();
    const upgrade = ['upgrade: websocket', 'connection: upgrade', 'sec-websocket-version: 13'];
    const { status, text } = await sendRaw(gateway.url, 'GET /graphql HTTP/1.1', [
      ...['host: a b', ...upgrade, 'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA=='],
    ]);
    expect([status, text]).toEqual([400, expect.stringContaining('`Host` is malformed')]);
  });

  it.each(['gateway', 'a.example', 'a_b', 'a.example.', '10.1.2.3', '[fd00::1]', 'a:', 'a:443'])(
    'LOW-02 does not refuse the host %s',
    async (host) => {
      gateway = await startGateway({ variables: issuer.variables });
      expect(await get('/graphql?query={__typename}', host)).toMatchObject({ status: 401 });
    },
  );
});
