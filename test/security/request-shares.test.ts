import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type Gateway, type GatewayOptions, startGateway } from '../harness/gateway.ts';
import { type Issuer, startIssuer } from '../harness/issuer.ts';
import { requestsInFlight } from '../harness/metrics.ts';
import { waitForAsync } from '../harness/wait-for.ts';

let issuer: Issuer;
let gateway: Gateway;
const sockets: Socket[] = [];

beforeAll(async () => {
  issuer = await startIssuer();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await gateway.stop();
});
afterAll(() => issuer.stop());

const start = async (variables: GatewayOptions['variables']) => {
  gateway = await startGateway({ variables: { ...issuer.variables, ...variables } });
};
const authorizationOf = async (sub: string) => `Bearer ${await issuer.sign({ sub })}`;
const inFlight = () => requestsInFlight(gateway.url);

/** Connects, and sends a text. */
function open(text: string, localAddress = '127.0.0.1'): Socket {
  const { hostname, port } = new URL(gateway.url);
  const socket = connect({ host: hostname, port: Number(port), localAddress });
  socket.on('error', () => undefined);
  socket.write(text);
  sockets.push(socket);
  return socket;
}

/** Returns the head of a POST whose body never arrives completely, and the first byte of it. */
function unfinishedPost(headers: Readonly<Record<string, string>>, length = 1000): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return (
    `POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n` +
    `content-length: ${length}\r\n${lines.join('')}\r\n{`
  );
}

async function statusOf(socket: Socket): Promise<number> {
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  return Number(chunk.toString('latin1').split(' ', 2)[1]);
}

async function ask(sub: string) {
  const authorization = await authorizationOf(sub);
  const { status, errors } = await gateway.query('{ __typename }', {}, { authorization });
  return { status, ...errors.at(0)?.extensions };
}

describe('requests with slow bodies', () => {
  it('S7 one caller that holds all requests does not keep others out', async () => {
    await start({ MAX_CONCURRENT_REQUESTS: '20' });
    const authorization = await authorizationOf('slow');
    for (let n = 0; n < 30; n += 1) open(unfinishedPost({ authorization }));
    await waitForAsync(async () => (await inFlight()) === 20);
    expect(await ask('other')).toEqual({ status: 200 });
    expect(await ask('slow')).toMatchObject({
      status: 503,
      code: 'SERVICE_UNAVAILABLE',
      limit: 'MAX_CONCURRENT_REQUESTS',
      max: 20,
    });
    for (const socket of sockets) socket.destroy();
    await waitForAsync(async () => (await inFlight()) === 0);
    expect(await ask('slow')).toEqual({ status: 200 });
  });

  it('S7 the requests of one caller have a maximum', async () => {
    await start({ MAX_CONCURRENT_REQUESTS_PER_CALLER: '10' });
    const authorization = await authorizationOf('slow');
    for (let n = 0; n < 20; n += 1) open(unfinishedPost({ authorization }));
    await waitForAsync(async () => (await inFlight()) === 10);
    expect(await ask('slow')).toMatchObject({
      status: 429,
      code: 'RATE_LIMITED',
      limit: 'MAX_CONCURRENT_REQUESTS_PER_CALLER',
      max: 10,
      retryable: true,
    });
    expect(await ask('other')).toEqual({ status: 200 });
  });

  it('S7 several callers together leave room for a caller that holds few requests', async () => {
    await start({ MAX_CONCURRENT_REQUESTS: '20' });
    for (const sub of ['a', 'b', 'c']) {
      const authorization = await authorizationOf(sub);
      for (let n = 0; n < 20; n += 1) open(unfinishedPost({ authorization }));
    }
    await waitForAsync(async () => ((await inFlight()) ?? 0) >= 20);
    expect(await ask('other')).toEqual({ status: 200 });
    expect(await ask('a')).toMatchObject({ status: 503, limit: 'MAX_CONCURRENT_REQUESTS' });
  });

  it('S7 the bodies of one caller’s requests in flight have a maximum of bytes', async () => {
    await start({ MAX_BODY_BYTES: '10000', MAX_BODY_BYTES_PER_CALLER: '25000' });
    const authorization = await authorizationOf('slow');
    open(unfinishedPost({ authorization }, 9000));
    open(unfinishedPost({ authorization, 'content-encoding': 'gzip' }, 100));
    await waitForAsync(async () => (await inFlight()) === 2);
    const refused = open(unfinishedPost({ authorization }, 9000));
    expect(await statusOf(refused)).toBe(429);
    expect(await ask('slow')).toEqual({ status: 200 });
    expect(await ask('other')).toEqual({ status: 200 });
  });

  it('S7 a caller with nothing left is refused before its body arrives', async () => {
    await start({ RATE_LIMIT: '2' });
    for (let n = 0; n < 2; n += 1) expect(await ask('spent')).toEqual({ status: 200 });
    const socket = open(unfinishedPost({ authorization: await authorizationOf('spent') }));
    expect(await statusOf(socket)).toBe(429);
  });

  it('S7 a request without the router secret is refused before its body arrives', async () => {
    await start({ GRAPH_ROLE: 'subgraph', ROUTER_SECRET: 'the-secret-of-today' });
    const authorization = await authorizationOf('user');
    for (const headers of [{}, { authorization }] as const) {
      expect(await statusOf(open(unfinishedPost(headers)))).toBe(403);
    }
    await waitForAsync(async () => (await inFlight()) === 0);
  });
});

describe('requests that are not authenticated yet', () => {
  it('S7 those of one address leave room for other addresses', async () => {
    const slow = await startIssuer();
    const { respond } = slow;
    const pending: (() => void)[] = [];
    slow.respond = (response) => {
      pending.push(() => {
        respond(response);
      });
    };
    gateway = await startGateway({
      variables: { ...slow.variables, MAX_CONCURRENT_REQUESTS: '4' },
    });
    const headers = { authorization: `Bearer ${await slow.sign()}` };
    const body = '"query":"{ __typename }"}';
    const post = `${unfinishedPost(headers, body.length + 1)}${body}`;
    const first = [open(post), open(post)];
    await waitForAsync(async () => (await inFlight()) === 2);
    expect(await statusOf(open(post))).toBe(503);
    const other = open(post, '127.0.0.2');
    await waitForAsync(async () => (await inFlight()) === 3);
    for (const release of pending) release();
    const statuses = await Promise.all([...first, other].map(statusOf));
    expect(statuses).toEqual([200, 200, 200]);
    await slow.stop();
  });

  it('S7 failed attempts of one address to authenticate are limited, and valid tokens are not', async () => {
    await start({ RATE_LIMIT: '25' });
    const statuses: number[] = [];
    for (let n = 0; n < 4; n += 1) {
      const { status } = await gateway.query('{ __typename }', {}, { authorization: 'Bearer no' });
      statuses.push(status);
    }
    expect(statuses).toEqual([401, 401, 429, 429]);
    expect(await ask('other')).toEqual({ status: 200 });
  });
});

it('S7 the connections of one address have a maximum', async () => {
  await start({ MAX_CONNECTIONS_PER_ADDRESS: '3' });
  const open3 = Array.from({ length: 3 }, () =>
    open('GET /livez HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n'),
  );
  await Promise.all(open3.map(statusOf));
  const fourth = open('GET /livez HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n');
  await once(fourth, 'close');
  expect(fourth.bytesRead).toBe(0);
  expect(await statusOf(open('GET /livez HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n', '127.0.0.2'))).toBe(
    200,
  );
});
