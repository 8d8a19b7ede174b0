import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describeWhen } from '../harness/describe-when.ts';
import type { Gateway } from '../harness/gateway.ts';
import { type Issuer, startIssuer } from '../harness/issuer.ts';
import { metricValue } from '../harness/metrics.ts';
import { openSocket, refusedUpgrade, sendText } from '../harness/raw-socket.ts';
import { INIT, useSubscriptions } from '../harness/subscriptions.ts';
import { waitFor } from '../harness/wait-for.ts';

const { start } = useSubscriptions();

const H2C =
  'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n' +
  'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n';
const BODY = '{"query":"{ __typename }"}';

const requestOf = (line: string, headers: string, body = '') =>
  `${line} HTTP/1.1\r\nHost: localhost\r\n${headers}` +
  (body && `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`) +
  `\r\n${body}`;

/** Reads the responses on a connection until they contain a text, or it is closed. */
async function read(socket: Socket, text: string): Promise<string> {
  let received = '';
  const onData = (chunk: Buffer) => (received += chunk.toString());
  socket.on('data', onData);
  await waitFor(() => received.includes(text) || socket.closed);
  socket.off('data', onData);
  return received;
}

/** Reads the responses, then closes the connection. */
async function readUntil(socket: Socket, text: string): Promise<string> {
  const received = await read(socket, text);
  socket.destroy();
  return received;
}

describe('a request for another protocol', () => {
  it.each([
    ['HTTP/2 as curl asks', H2C],
    ['several protocols', 'Connection: Upgrade\r\nUpgrade: websocket, h2c\r\n'],
    ['two headers', 'Connection: Upgrade\r\nUpgrade: h2c\r\nUpgrade: websocket\r\n'],
    ['an unknown protocol', 'Connection: upgrade\r\nUpgrade: ???/9\r\n'],
    ['TLS', 'Connection: Upgrade\r\nUpgrade: TLS/1.0\r\n'],
    ['a WebSocket by POST', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'],
  ])('S11 for %s is served, with its body', async (_what, headers) => {
    const { url } = await start();
    const socket = sendText(url, requestOf('POST /graphql', headers, BODY));
    const text = await readUntil(socket, 'Query');
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(text).toContain('{"data":{"__typename":"Query"}}');
  });

  it.each(['/readyz', '/livez', '/metrics'])('S11 is served at %s', async (path) => {
    const { url } = await start();
    const socket = sendText(url, requestOf(`GET ${path}`, H2C));
    expect(await readUntil(socket, '\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('S11 for a WebSocket at another path is served', async () => {
    const { url } = await start();
    const headers = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
    const socket = sendText(url, requestOf('GET /livez', headers));
    expect(await readUntil(socket, '\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('S11 has a body that arrives in pieces', async () => {
    const { url } = await start();
    const text = requestOf('POST /graphql', H2C, BODY);
    const socket = sendText(url, text.slice(0, -10));
    await once(socket, 'connect');
    socket.write(text.slice(-10));
    expect(await readUntil(socket, 'Query')).toMatch(/^HTTP\/1\.1 200 /);
  });
});

const [major = 0] = process.versions.node.split('.').map(Number);
const reasonToSkip = major < 24 ? 'older Node closes such a connection' : undefined;

describeWhen(reasonToSkip, 'a request for another protocol on a connection in use', () => {
  it('S11 keeps its connection, and its place after another request', async () => {
    const { url } = await start();
    const text = requestOf('POST /graphql', '', BODY) + requestOf('GET /livez', H2C);
    const socket = sendText(url, text);
    const received = await read(socket, 'status');
    expect(received.match(/HTTP\/1\.1 200 /g)).toHaveLength(2);
    expect(received.indexOf('Query')).toBeLessThan(received.indexOf('status'));
    socket.write(requestOf('POST /graphql', H2C, BODY));
    expect(await readUntil(socket, 'Query')).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('a refused WebSocket', () => {
  let issuer: Issuer;
  beforeAll(async () => {
    issuer = await startIssuer();
  });
  afterAll(() => issuer.stop());

  const linesOf = ({ logLines }: Gateway) =>
    logLines
      .filter((line) => line.includes('"msg":"websocket refused"'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const countOf = ({ url }: Gateway, reason: string) =>
    metricValue(url, `websocket_refusals_total{reason="${reason}"}`);

  it('LOW-07 is logged and counted if its page is not allowed', async () => {
    const gateway = await start();
    const { status } = await refusedUpgrade(gateway.url, {
      headers: { origin: 'https://evil.example' },
    });
    expect(status).toBe(403);
    expect(linesOf(gateway)).toMatchObject([
      { code: 403, reason: 'FORBIDDEN', address: '127.0.0.1' },
    ]);
    expect(await countOf(gateway, 'FORBIDDEN')).toBe(1);
  });

  it('LOW-07 is logged and counted if its token is invalid, without the token', async () => {
    const gateway = await start({ variables: issuer.variables });
    const token = `${await issuer.sign()}x`;
    for (const payload of [undefined, { authorization: `Bearer ${token}` }]) {
      const { socket, closed } = await openSocket(gateway.url);
      socket.send(JSON.stringify({ type: 'connection_init', payload }));
      expect((await closed).code).toBe(4401);
    }
    const line = { code: 4401, reason: 'UNAUTHENTICATED', address: '127.0.0.1' };
    expect(linesOf(gateway)).toMatchObject([line, line]);
    expect(await countOf(gateway, 'UNAUTHENTICATED')).toBe(2);
    expect(gateway.logLines.join()).not.toContain(token);
  });

  it('LOW-07 is logged with its caller if the caller has too many', async () => {
    const gateway = await start({ variables: { MAX_WEBSOCKETS_PER_CALLER: '1' } });
    const sockets = [];
    for (let n = 0; n < 2; n += 1) {
      const opened = await openSocket(gateway.url);
      opened.socket.send(INIT);
      await Promise.race([once(opened.socket, 'message'), opened.closed]);
      sockets.push(opened);
    }
    expect(linesOf(gateway)).toMatchObject([
      { code: 1013, reason: 'MAX_WEBSOCKETS_PER_CALLER', identity: 'anonymous:127.0.0.1' },
    ]);
    for (const { socket } of sockets) socket.terminate();
  });

  it('LOW-07 attempts with bad credentials are limited for each address', async () => {
    const gateway = await start({ variables: { ...issuer.variables, RATE_LIMIT: '15' } });
    const codes: number[] = [];
    for (let n = 0; n < 3; n += 1) {
      const { socket, closed } = await openSocket(gateway.url);
      socket.send(INIT);
      codes.push((await closed).code);
    }
    expect(codes).toEqual([4401, 1013, 1013]);
  });

  it('LOW-11 has the code and the delay of every refusal for lack of room', async () => {
    const gateway = await start({ variables: { MAX_SUBSCRIPTIONS: '0' } });
    expect(await refusedUpgrade(gateway.url)).toEqual({
      status: 503,
      retryAfter: '5',
      extensions: {
        code: 'SERVICE_UNAVAILABLE',
        retryable: true,
        retryAfterMs: 5000,
        limit: 'MAX_SUBSCRIPTIONS',
        max: 0,
      },
    });
  });

  it('LOW-11 has a code if its handshake is invalid', async () => {
    const gateway = await start();
    const headers = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
    const socket = sendText(gateway.url, requestOf('GET /graphql', headers));
    const text = await readUntil(socket, 'BAD_REQUEST');
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toContain('sec-websocket-version: 13');
  });
});
