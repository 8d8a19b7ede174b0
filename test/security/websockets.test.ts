import { once } from 'node:events';
import type { Gateway, GatewayOptions } from '../harness/gateway.ts';
import { type Issuer, startIssuer } from '../harness/issuer.ts';
import { metricValue } from '../harness/metrics.ts';
import { type OpenSocket, openSocket, refusedUpgrade } from '../harness/raw-socket.ts';
import { addJob, countOpen, INIT, SUBSCRIBE, useSubscriptions } from '../harness/subscriptions.ts';
import { waitFor, waitForAsync } from '../harness/wait-for.ts';

const { start: startGateway, subscribe } = useSubscriptions();
const ACK = '{"type":"connection_ack"}';

let issuer: Issuer;
let gateway: Gateway;
const opened: OpenSocket[] = [];

beforeAll(async () => {
  issuer = await startIssuer();
});
afterEach(() => {
  for (const { socket } of opened.splice(0)) socket.terminate();
});
afterAll(() => issuer.stop());

const start = async (variables: GatewayOptions['variables'] = {}) => {
  gateway = await startGateway({ variables: { ...issuer.variables, ...variables } });
};
/** Starts a gateway without authentication. */
const startAnonymous = async (variables: GatewayOptions['variables'] = {}) => {
  gateway = await startGateway({ variables });
};

async function open(options = {}): Promise<OpenSocket> {
  const socket = await openSocket(gateway.url, options);
  opened.push(socket);
  return socket;
}

const initOf = async (sub: string) =>
  JSON.stringify({
    type: 'connection_init',
    payload: { authorization: `Bearer ${await issuer.sign({ sub })}` },
  });

/** Opens a socket and authenticates. The socket is acknowledged, or closed. */
async function connectAs(sub: string): Promise<OpenSocket> {
  const connection = await open();
  connection.socket.send(await initOf(sub));
  await Promise.race([connection.closed, waitFor(() => connection.received.length > 0)]);
  return connection;
}

/** Opens a socket of an anonymous caller and waits for the acknowledgement. */
async function connectAnonymously(): Promise<OpenSocket> {
  const connection = await open();
  connection.socket.send(INIT);
  await waitFor(() => connection.received.includes(ACK));
  return connection;
}

describe('the WebSockets of one caller', () => {
  it('S6 have a maximum, after which its further ones are closed and those of others are not', async () => {
    await start({ MAX_WEBSOCKETS_PER_CALLER: '3' });
    const mine = await Promise.all(['a', 'a', 'a'].map(connectAs));
    for (const { received } of mine) expect(received).toEqual([ACK]);
    const fourth = await connectAs('a');
    expect(await fourth.closed).toEqual({
      code: 1013,
      reason: 'Too many WebSockets (MAX_WEBSOCKETS_PER_CALLER).',
    });
    expect((await connectAs('b')).received).toEqual([ACK]);
    mine[0]?.socket.close();
    await mine[0]?.closed;
    await waitForAsync(async () => (await connectAs('a')).received.length > 0);
  });

  it('S6 leave half of all WebSockets to others', async () => {
    await start({ MAX_SUBSCRIPTIONS: '10' });
    const mine = await Promise.all(Array.from({ length: 10 }, () => connectAs('a')));
    expect(mine.filter(({ received }) => received.length > 0)).toHaveLength(5);
    expect((await connectAs('b')).received).toEqual([ACK]);
  });

  it('S6 are not limited for a router without the tokens of its users', async () => {
    const secret = 'the-secret-of-today';
    gateway = await startGateway({
      variables: {
        GRAPH_ROLE: 'subgraph',
        ROUTER_SECRET: secret,
        MAX_WEBSOCKETS_PER_CALLER: '1',
      },
    });
    for (let n = 0; n < 3; n += 1) {
      const { socket, received } = await open({ headers: { 'router-authorization': secret } });
      socket.send(INIT);
      await waitFor(() => received.length > 0);
      expect(received).toEqual([ACK]);
    }
  });

  it('S6 a client of graphql-ws over its share connects when there is room', async () => {
    await startAnonymous({ MAX_WEBSOCKETS_PER_CALLER: '1' });
    addJob(gateway);
    const first = await connectAnonymously();
    const subscriber = subscribe(gateway, {}, { retryAttempts: 1000 });
    await waitForAsync(async () => ((await refusals('MAX_WEBSOCKETS_PER_CALLER')) ?? 0) > 0);
    first.socket.close();
    await subscriber.waitForResults(1);
    expect(subscriber.changes).toHaveLength(1);
  });

  it('S6 are closed when they have no subscription for a time', async () => {
    await startAnonymous({ WEBSOCKET_IDLE_TIMEOUT_MS: '1000' });
    addJob(gateway);
    const [idle, used] = [await connectAnonymously(), await connectAnonymously()];
    used.socket.send(SUBSCRIBE);
    const reason = 'No subscription is open (WEBSOCKET_IDLE_TIMEOUT_MS).';
    expect(await idle.closed).toEqual({ code: 1000, reason });
    expect(used.socket.readyState).toBe(used.socket.OPEN);
    used.socket.send('{"id":"1","type":"complete"}');
    expect(await used.closed).toEqual({ code: 1000, reason });
  });
});

const refusals = (reason: string) =>
  metricValue(gateway.url, `websocket_refusals_total{reason="${reason}"}`);

describe('WebSockets that are not authenticated', () => {
  it('S6 have a maximum for each address', async () => {
    await start({ MAX_PENDING_WEBSOCKETS_PER_ADDRESS: '2' });
    await open();
    const second = await open();
    expect(await refusedUpgrade(gateway.url)).toEqual({
      status: 429,
      retryAfter: '5',
      extensions: {
        code: 'RATE_LIMITED',
        retryable: true,
        retryAfterMs: 5000,
        limit: 'MAX_PENDING_WEBSOCKETS_PER_ADDRESS',
        max: 2,
      },
    });
    await open({ localAddress: '127.0.0.2' });
    second.socket.send(await initOf('a'));
    await waitFor(() => second.received.length > 0);
    await open();
  });

  it('S6 do not take the room of authenticated ones', async () => {
    await start({ MAX_SUBSCRIPTIONS: '4' });
    await Promise.all(Array.from({ length: 10 }, () => open()));
    expect((await connectAs('a')).received).toEqual([ACK]);
  });

  it('S6 give back their share when the handshake is invalid', async () => {
    await start({ MAX_PENDING_WEBSOCKETS_PER_ADDRESS: '1' });
    const url = `${gateway.url}/graphql`;
    for (let n = 0; n < 3; n += 1) {
      await expect(
        fetch(url, { headers: { connection: 'upgrade', upgrade: 'websocket' } }),
      ).rejects.toThrow();
    }
    await open();
  });
});

describe('before the acknowledgement', () => {
  const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

  it.each([
    ['a ping', '{"type":"ping"}', 4400],
    ['a pong', '{"type":"pong"}', 4400],
    ['a message with `complete`', '{"id":"1","type":"complete"}', 4400],
    ['a subscription', SUBSCRIBE, 4401],
    ['invalid JSON', '{"type":', 4400],
    ['a list', '[]', 4400],
    ['null', 'null', 4400],
    ['nothing', '', 4400],
    ['deep JSON', `{"type":"connection_init","payload":{"a":${deep(5000)}}}`, 4400],
    ['deep JSON of another type', `{"type":"ping","payload":{"a":${deep(5000)}}}`, 4400],
    ['a payload that is no object', '{"type":"connection_init","payload":7}', 4400],
    ['a name of the prototype', '{"__proto__":{"type":"connection_init"}}', 4400],
    [
      'a prototype in the payload',
      '{"type":"connection_init","payload":{"__proto__":{"a":1}}}',
      4400,
    ],
    ['over 16 kB', `{"type":"connection_init","payload":{"a":"${'x'.repeat(16_384)}"}}`, 1009],
    ['over 16 kB as a ping', `{"type":"ping","payload":{"a":"${'x'.repeat(184_000)}"}}`, 1009],
    ['deep JSON over 16 kB', `{"type":"ping","payload":{"a":${deep(100_000)}}}`, 1009],
    ['binary data', Buffer.from(INIT), 4400],
  ])('S12 %s closes the socket', async (_what, message, code) => {
    await startAnonymous();
    const { socket, closed, received } = await open();
    socket.send(message);
    expect((await closed).code).toBe(code);
    expect(received).toEqual([]);
  });

  it('S12 a second message closes the socket while the first is checked', async () => {
    const slow = await startIssuer();
    slow.respond = () => undefined;
    gateway = await startGateway({ variables: slow.variables });
    const { socket, closed } = await open();
    const authorization = `Bearer ${await slow.sign()}`;
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization } }));
    socket.send('{"type":"ping"}');
    expect((await closed).code).toBe(4400);
    await slow.stop();
  });

  it('S12 a message in more than 16 kB of tiny fragments closes the socket', async () => {
    await startAnonymous();
    const { socket, closed } = await open();
    for (let n = 0; n < 10_000; n += 1) socket.send(' ', { fin: false });
    expect([1008, 1009]).toContain((await closed).code);
  });

  it('S12 a client that does not answer the close frame is disconnected', async () => {
    await startAnonymous({ MAX_PENDING_WEBSOCKETS_PER_ADDRESS: '1' });
    const { socket } = await open();
    socket.send('{"type":"ping"}');
    socket.pause();
    await waitForAsync(() =>
      open().then(
        () => true,
        () => false,
      ),
    );
  });
});

describe('after the acknowledgement', () => {
  const exhausted = { code: 1013, reason: 'Rate limit exceeded (RATE_LIMIT).' };

  it.each([
    ['pings', '{"type":"ping"}'],
    ['pongs', '{"type":"pong"}'],
    ['messages with `complete`', '{"id":"1","type":"complete"}'],
    ['subscriptions', SUBSCRIBE],
  ])('S12 %s are charged', async (_what, message) => {
    await startAnonymous({ RATE_LIMIT: '30' });
    const { socket, closed } = await connectAnonymously();
    for (let n = 0; n < 40; n += 1) socket.send(message.replace('"1"', `"${n}"`));
    expect(await closed).toEqual(exhausted);
    expect((await gateway.query('{ __typename }')).status).toBe(429);
  });

  it('S12 pings of the WebSocket protocol are charged', async () => {
    await startAnonymous({ RATE_LIMIT: '30' });
    const { socket, closed } = await connectAnonymously();
    socket.ping('hello');
    const [data] = (await once(socket, 'pong')) as [Buffer];
    expect(data.toString()).toBe('hello');
    for (let n = 0; n < 40; n += 1) socket.ping();
    expect(await closed).toEqual(exhausted);
  });

  it('S12 a message that closes the socket costs as much as a refused request', async () => {
    await startAnonymous({ RATE_LIMIT: '12' });
    const { socket, closed } = await connectAnonymously();
    socket.send('hello');
    expect((await closed).code).toBe(4400);
    const statuses: number[] = [];
    for (let n = 0; n < 3; n += 1) statuses.push((await gateway.query('{ __typename }')).status);
    expect(statuses).toEqual([200, 429, 429]);
  });

  const DEEP = `${'['.repeat(120_000)}${']'.repeat(120_000)}`;

  it('S12 deep JSON in a ping closes the socket as an invalid message', async () => {
    await startAnonymous();
    const { socket, closed } = await connectAnonymously();
    socket.send(`{"type":"ping","payload":{"a":${DEEP}}}`);
    expect(await closed).toEqual({ code: 4400, reason: 'Invalid message received' });
  });

  it.each([
    ['a pong', '{"type":"pong","payload":{"a":DEEP}}'],
    ['an id', '{"id":DEEP,"type":"subscribe","payload":{"query":"subscription { a }"}}'],
    ['a type', '{"type":DEEP}'],
    ['variables', SUBSCRIBE.replace('"payload":{', '"payload":{"variables":{"arns":DEEP},')],
    ['extensions', SUBSCRIBE.replace('"payload":{', '"payload":{"extensions":{"a":DEEP},')],
  ])('S12 deep JSON in %s is never an internal error', async (_what, message) => {
    await startAnonymous();
    addJob(gateway);
    const { socket, closed, received } = await connectAnonymously();
    socket.send(message.replace('DEEP', `${DEEP}`));
    socket.send('hello');
    expect((await closed).code).toBe(4400);
    expect(received.join()).not.toContain('INTERNAL');
  });

  it('S12 an id has a maximum length, and any name', async () => {
    await startAnonymous();
    addJob(gateway);
    const { socket, closed, received } = await connectAnonymously();
    for (const id of ['__proto__', 'constructor', 'x'.repeat(256)]) {
      socket.send(SUBSCRIBE.replace('"1"', `"${id}"`));
    }
    await waitFor(() => received.length === 4);
    expect(await countOpen(gateway)).toBe(3);
    socket.send(SUBSCRIBE.replace('"1"', `"${'x'.repeat(257)}"`));
    expect((await closed).code).toBe(4400);
    await waitForAsync(async () => (await countOpen(gateway)) === 0);
  });

  it('S12 a long id that is used twice closes the socket like any other', async () => {
    await startAnonymous();
    addJob(gateway);
    const { socket, closed } = await connectAnonymously();
    const message = SUBSCRIBE.replace('"1"', `"${'é'.repeat(200)}"`);
    socket.send(message);
    socket.send(message);
    expect((await closed).code).toBe(4409);
  });

  it('S4 the unread results of all sockets of one caller have a maximum of bytes', async () => {
    await startAnonymous({ MAX_UNSENT_BYTES_PER_CALLER: '1024' });
    addJob(gateway);
    const { socket, closed } = await connectAnonymously();
    socket.send(JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(500) } }));
    await once(socket, 'message');
    socket.send(JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(1024) } }));
    expect((await closed).code).toBe(1006);
  });
});
