import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Agent, request as rawRequest } from 'node:http';
import { createEmulator, type Emulator } from '../../src/emulator/emulator.ts';
import { killAll, printed, run, type Run } from '../harness/cli-process.ts';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import { graphqlClient } from '../harness/graphql-client.ts';
import { metricValue, requestsInFlight } from '../harness/metrics.ts';
import { LIST } from '../harness/queries.ts';
import { waitFor, waitForAsync } from '../harness/wait-for.ts';

let emulator: Emulator;
let gateway: Gateway | undefined;
beforeEach(async () => {
  emulator = await createEmulator({ jobs: 3 }).start();
});
afterEach(async () => {
  killAll();
  await gateway?.stop();
  gateway = undefined;
  await emulator.destroy();
});

interface Process extends Run {
  readonly url: string;
}

async function serve(env: NodeJS.ProcessEnv = {}): Promise<Process> {
  const process = run(['serve', '--port', '0'], {
    AWS_REGION: emulator.region,
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: emulator.url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    DRAIN_GRACE_MS: '0',
    ...env,
  });
  return { ...process, url: await printed(process, /listening on (http:[^"]+)"/) };
}

const status = async (url: string) => (await fetch(url)).status;

/** Opens a connection, sends a text, and records what the server sends. */
function open(url: string, text: string): { socket: Socket; received: () => string } {
  const { hostname, port } = new URL(url);
  let received = '';
  const socket = connect(Number(port), hostname, () => socket.write(text));
  socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
  socket.on('error', () => undefined);
  return { socket, received: () => received };
}

const requestHead = (length: number) =>
  'POST /graphql HTTP/1.1\r\nHost: localhost\r\n' +
  `Content-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;
/** A request whose body is incomplete. */
const HALF_A_REQUEST = `${requestHead(99)}{`;

describe('stopping the process', () => {
  it('LIFE-01 SIGTERM fails readiness, keeps serving for the grace period, and drains requests', async () => {
    const { url, child, exited } = await serve({ DRAIN_GRACE_MS: '600' });
    emulator.setKnobs({ latencyMs: 400 });
    const inFlight = graphqlClient(`${url}/graphql`).query(LIST);
    await waitFor(() => emulator.counts.inFlight === 1);
    expect(await status(`${url}/readyz`)).toBe(200);
    child.kill('SIGTERM');
    await waitForAsync(async () => (await status(`${url}/readyz`)) === 503);
    expect(await status(`${url}/livez`)).toBe(200);
    const response = await inFlight;
    expect([response.status, response.errors]).toEqual([200, []]);
    expect(await exited).toBe(0);
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
  });

  it('LIFE-03 SIGTERM does not wait for idle connections', async () => {
    const { url, child, exited } = await serve();
    const agent = new Agent({ keepAlive: true });
    await new Promise<void>((resolve, reject) => {
      rawRequest(`${url}/livez`, { agent }, (response) => {
        response.resume().on('end', resolve);
      })
        .on('error', reject)
        .end();
    });
    const start = performance.now();
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
    // The keep-alive timeouts of Node and Fastify are 5 s or more.
    expect(performance.now() - start).toBeLessThan(4000);
    agent.destroy();
  });

  it('SIGTERM does not wait for an incomplete request', async () => {
    const { url, child, exited } = await serve({ REQUEST_TIMEOUT_MS: '300' });
    const half = open(url, HALF_A_REQUEST);
    await once(half.socket, 'connect');
    await waitForAsync(async () => (await requestsInFlight(url)) === 1);
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
  });

  it('X-10 SIGTERM that arrives twice stops the process once, with exit code 0', async () => {
    const { child, exited, stderr } = await serve({ DRAIN_GRACE_MS: '300' });
    child.kill('SIGTERM');
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
    expect(stderr()).toBe('');
  });
});

describe('an uncaught error', () => {
  it.each([
    ['an unhandled rejection', 'Promise.reject(new Error("a bug"))'],
    ['an uncaught exception', 'setTimeout(() => { throw new Error("a bug") })'],
  ])('X-11 %s is logged as fatal, drains requests, and exits with 1', async (_what, code) => {
    const trigger = `process.on('SIGUSR2', () => { ${code} })`;
    const { url, child, exited, stdout } = await serve({
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(trigger)}`,
    });
    emulator.setKnobs({ latencyMs: 300 });
    const inFlight = graphqlClient(`${url}/graphql`).query(LIST);
    await waitFor(() => emulator.counts.inFlight === 1);
    child.kill('SIGUSR2');
    const response = await inFlight;
    expect([response.status, response.errors]).toEqual([200, []]);
    expect(await exited).toBe(1);
    const fatal = stdout()
      .split('\n')
      .find((line) => line.includes('"level":60'));
    expect(JSON.parse(fatal ?? '{}')).toMatchObject({
      err: { message: 'a bug' },
      msg: 'uncaught error, shutting down',
    });
  });
});

describe('slow connections', () => {
  it('LIFE-04 a slow connection without complete headers is closed, while others are served', async () => {
    gateway = await startGateway({ variables: { HEADERS_TIMEOUT_MS: '300' } });
    const slow = open(gateway.url, 'POST /graphql HTTP/1.1\r\nHost: localhost\r\nX-');
    await once(slow.socket, 'connect');
    expect(await status(`${gateway.url}/livez`)).toBe(200);
    await once(slow.socket, 'close');
    expect(slow.received()).toContain('408');
  });

  it('LIFE-04 a slow connection without a complete body is closed', async () => {
    gateway = await startGateway({ variables: { HEADERS_TIMEOUT_MS: '300' } });
    const slow = open(gateway.url, HALF_A_REQUEST);
    await once(slow.socket, 'close');
    expect(await status(`${gateway.url}/livez`)).toBe(200);
  });
});

describe('slow readers', () => {
  it('a client that does not read its responses is disconnected and frees its slots', async () => {
    gateway = await startGateway({
      variables: { REQUEST_TIMEOUT_MS: '400', HEADERS_TIMEOUT_MS: '100' },
      emulator: { jobs: 1000 },
    });
    const { url } = gateway;
    const body = JSON.stringify({
      query: '{ asyncInvokes(first: 1000) { edges { cursor node { id invocationArn } } } }',
    });
    const request = `${requestHead(body.length)}${body}`;
    const slow = open(url, '');
    slow.socket.pause();
    await once(slow.socket, 'connect');
    slow.socket.write(request.repeat(30));
    await waitForAsync(async () => (await requestsInFlight(url)) !== 0);
    await waitForAsync(async () => (await requestsInFlight(url)) === 0);
    slow.socket.destroy();
    expect((await gateway.query('{ __typename }')).status).toBe(200);
  });
});

describe('load shedding', () => {
  it('X-09 a blocked event loop rejects new requests with 503, and serves again afterwards', async () => {
    gateway = await startGateway({ variables: { MAX_EVENT_LOOP_DELAY_MS: '500' } });
    expect((await gateway.query('{ __typename }')).status).toBe(200);
    const until1500 = performance.now() + 1500;
    while (performance.now() < until1500);
    const refused = await gateway.query('{ __typename }');
    expect(refused.status).toBe(503);
    expect(refused.errors[0]?.extensions).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      limit: 'MAX_EVENT_LOOP_DELAY_MS',
    });
    expect(await status(`${gateway.url}/livez`)).toBe(200);
    const { url } = gateway;
    const client = graphqlClient(`${url}/graphql`);
    await waitForAsync(async () => (await client.query('{ __typename }')).status === 200);
  });
});

describe('the log stream', () => {
  it('X-16 a log reader that is blocked does not stop the gateway, which counts dropped lines', async () => {
    const { url, child } = await serve({
      LOG_LEVEL: 'trace',
      RATE_LIMIT: 'off',
      MAX_CONCURRENT_REQUESTS_PER_CALLER: '1000',
      MAX_CONCURRENT_COST_PER_CALLER: '1000000',
      // Many large responses delay the event loop.
      MAX_EVENT_LOOP_DELAY_MS: '0',
    });
    child.stdout?.pause();
    const client = graphqlClient(`${url}/graphql`);
    const name = 'n'.repeat(100);
    let dropped = 0;
    while (dropped === 0) {
      const responses = await Promise.all(
        Array.from({ length: 200 }, () =>
          client.query(`query ${name} { asyncInvokes(first: 1000) { edges { cursor } } }`),
        ),
      );
      expect(responses.every(({ status: code }) => code === 200)).toBe(true);
      dropped = (await metricValue(url, 'log_lines_dropped_total')) ?? NaN;
    }
    expect(dropped).toBeGreaterThan(0);
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect([child.exitCode, child.signalCode]).toEqual([0, null]);
  });

  it('X-16 a log reader that has closed its end does not stop the gateway, which counts dropped lines', async () => {
    const { url, child } = await serve();
    child.stdout?.destroy();
    const client = graphqlClient(`${url}/graphql`);
    for (let n = 0; n < 50; n += 1) expect((await client.query('{ __typename }')).status).toBe(200);
    const dropped = () => metricValue(url, 'log_lines_dropped_total');
    await waitForAsync(async () => ((await dropped()) ?? 0) >= 50);
  });
});
