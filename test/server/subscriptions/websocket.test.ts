import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { socketUrl } from '../../harness/subscriber.ts';
import {
  addJob,
  INIT,
  sendMessages,
  SUBSCRIBE,
  useSubscriptions,
} from '../../harness/subscriptions.ts';

const { start, subscribe, stop } = useSubscriptions();

describe('a WebSocket', () => {
  const connectTo = (address: string, options: object = {}, protocol = 'graphql-transport-ws') =>
    new Promise<string>((resolve) => {
      const socket = new WebSocket(address, protocol, options);
      socket.on('open', () => {
        socket.close();
        resolve('open');
      });
      socket.on('unexpected-response', (_request, response) => {
        response.resume();
        resolve(String(response.statusCode));
      });
      socket.on('error', () => undefined);
    });

  it.each([
    ['refused on another path', '/elsewhere', {}, '404'],
    ['refused for a page of another site', '/graphql', { origin: 'https://evil.example' }, '403'],
    ['refused for a page without an origin', '/graphql', { origin: 'null' }, '403'],
    ['refused for another host name', '/graphql', { headers: { host: 'evil.example' } }, '403'],
    [
      'accepted for a page of an allowed origin',
      '/graphql',
      { origin: 'https://app.example.com' },
      'open',
    ],
    ['accepted for a client that is no browser', '/graphql', {}, 'open'],
  ])('is %s', async (_what, path, options, outcome) => {
    const served = await start({ variables: { CORS_ORIGINS: 'https://app.example.com' } });
    const address = socketUrl(served.url).replace('/graphql', path);
    expect(await connectTo(address, options)).toBe(outcome);
  });

  it('is accepted for a page of the gateway', async () => {
    const served = await start();
    expect(await connectTo(socketUrl(served.url), { origin: served.url })).toBe('open');
  });

  it('is refused if there are too many', async () => {
    const served = await start({ variables: { MAX_SUBSCRIPTIONS: '1' } });
    addJob(served);
    await subscribe(served).waitForResults(1);
    expect(await connectTo(socketUrl(served.url))).toBe('503');
  });

  it.each([
    ['speaks another protocol', [], 1006, 'graphql-ws'],
    ['sends invalid JSON', ['hello'], 4400, undefined],
    ['subscribes before it initializes the connection', [SUBSCRIBE], 4401, undefined],
    ['initializes the connection twice', [INIT, INIT], 4429, undefined],
    ['uses an id twice', [INIT, SUBSCRIBE, SUBSCRIBE], 4409, undefined],
    ['sends a message over MAX_BODY_BYTES', ['x'.repeat(300_000)], 1009, undefined],
  ])('is closed when a client %s', async (_what, messages, code, protocol) => {
    const served = await start();
    addJob(served);
    expect(await sendMessages(served, messages, { protocol })).toBe(code);
    expect((await served.query('{ __typename }')).status).toBe(200);
  });

  it.each(['//', '///', '//:', 'http://[', '*'])(
    'is refused for the request target %j',
    async (target) => {
      const served = await start();
      const socket = connect(Number(new URL(served.url).port), '127.0.0.1');
      socket.write(
        `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
      );
      const [head] = (await once(socket, 'data')) as [Buffer];
      expect(head.toString()).toMatch(/^HTTP\/1\.1 4/);
      socket.destroy();
      expect((await served.query('{ __typename }')).status).toBe(200);
    },
  );

  it('is closed after a refusal, even if the client keeps its half open', async () => {
    const served = await start({ variables: { REQUEST_TIMEOUT_MS: '60000' } });
    const port = Number(new URL(served.url).port);
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.write(
      'GET /graphql HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n' +
        'Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    socket.resume();
    await once(socket, 'end');
    await stop();
    socket.destroy();
  });
});
