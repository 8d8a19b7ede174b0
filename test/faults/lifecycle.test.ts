import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Agent, request as rawRequest } from 'node:http';
import { createEmulator, type Emulator } from '../../src/emulator/emulator.ts';
import { killAll, printed, run, type Run } from '../harness/cli-process.ts';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import { graphqlClient } from '../harness/graphql-client.ts';
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

/** A connection that sends a text and keeps what comes back. */
function open(url: string, text: string): { socket: Socket; received: () => string } {
  const { hostname, port } = new URL(url);
  let received = '';
  const socket = connect(Number(port), hostname, () => socket.write(text));
  socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
  socket.on('error', () => undefined);
  return { socket, received: () => received };
}

describe('a process that is told to stop', () => {
  it('LIFE-01 is not ready first, takes connections for the grace, and finishes what is under way', async () => {
    const { url, child, exited } = await serve({ DRAIN_GRACE_MS: '600' });
    emulator.setKnobs({ latencyMs: 400 });
    const underWay = graphqlClient(`${url}/graphql`).query(LIST);
    await waitFor(() => emulator.counts.inFlight === 1);
    expect(await status(`${url}/readyz`)).toBe(200);
    child.kill('SIGTERM');
    await waitForAsync(async () => (await status(`${url}/readyz`)) === 503);
    expect(await status(`${url}/livez`)).toBe(200);
    const answer = await underWay;
    expect([answer.status, answer.errors]).toEqual([200, []]);
    expect(await exited).toBe(0);
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
  });

  it('LIFE-03 does not wait for connections that are idle', async () => {
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
    // The keep-alive timeout of Node and of Fastify is 5 s and more.
    expect(performance.now() - start).toBeLessThan(4000);
    agent.destroy();
  });

  it('does not wait for half a request', async () => {
    const { url, child, exited } = await serve({ REQUEST_TIMEOUT_MS: '300' });
    const head =
      'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{';
    const half = open(url, head);
    await once(half.socket, 'connect');
    await waitForAsync(async () =>
      (await (await fetch(`${url}/metrics`)).text()).includes('http_requests_in_flight 1'),
    );
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
  });

  it('X-10 twice stops once, with 0', async () => {
    const { child, exited, stderr } = await serve({ DRAIN_GRACE_MS: '300' });
    child.kill('SIGTERM');
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
    expect(stderr()).toBe('');
  });
});

describe('a process with a defect', () => {
  it.each([
    ['an unhandled rejection', 'Promise.reject(new Error("defect"))'],
    ['an uncaught exception', 'setTimeout(() => { throw new Error("defect") })'],
  ])('X-11 %s is logged as fatal, drained, and ends with 1', async (_what, code) => {
    const trigger = `process.on('SIGUSR2', () => { ${code} })`;
    const { url, child, exited, stdout } = await serve({
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(trigger)}`,
    });
    emulator.setKnobs({ latencyMs: 300 });
    const underWay = graphqlClient(`${url}/graphql`).query(LIST);
    await waitFor(() => emulator.counts.inFlight === 1);
    child.kill('SIGUSR2');
    const answer = await underWay;
    expect([answer.status, answer.errors]).toEqual([200, []]);
    expect(await exited).toBe(1);
    const fatal = stdout()
      .split('\n')
      .find((line) => line.includes('"level":60'));
    expect(JSON.parse(fatal ?? '{}')).toMatchObject({ err: { message: 'defect' } });
  });
});

describe('connections that hold on', () => {
  it('LIFE-04 without sending a request are closed, and others served meanwhile', async () => {
    gateway = await startGateway({ variables: { HEADERS_TIMEOUT_MS: '300' } });
    const slow = open(gateway.url, 'POST /graphql HTTP/1.1\r\nHost: localhost\r\nX-');
    await once(slow.socket, 'connect');
    expect(await status(`${gateway.url}/livez`)).toBe(200);
    await once(slow.socket, 'close');
    expect(slow.received()).toContain('408');
  });

  it('LIFE-04 with half a body are closed as well', async () => {
    gateway = await startGateway({ variables: { HEADERS_TIMEOUT_MS: '300' } });
    const head =
      'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{';
    const slow = open(gateway.url, head);
    await once(slow.socket, 'close');
    expect(await status(`${gateway.url}/livez`)).toBe(200);
  });
});

describe('callers who do not read their answers', () => {
  it('are cut off, and hold no place', async () => {
    gateway = await startGateway({
      variables: { REQUEST_TIMEOUT_MS: '400', HEADERS_TIMEOUT_MS: '100' },
      emulator: { jobs: 1000 },
    });
    const { url } = gateway;
    const body = JSON.stringify({
      query: '{ asyncInvokes(first: 1000) { edges { cursor node { id invocationArn } } } }',
    });
    const request = `POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const slow = open(url, '');
    slow.socket.pause();
    await once(slow.socket, 'connect');
    slow.socket.write(request.repeat(30));
    const inFlight = async () =>
      Number(
        /^http_requests_in_flight (\d+)/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1],
      );
    await waitForAsync(async () => (await inFlight()) > 0);
    await waitForAsync(async () => (await inFlight()) === 0);
    slow.socket.destroy();
  });
});

describe('an event loop that is blocked', () => {
  it('X-09 sheds what comes in behind, says so, and serves again', async () => {
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

describe('a log that nobody reads', () => {
  it('X-16 does not keep the gateway from serving, and what is lost is counted', async () => {
    const { url, child } = await serve({ LOG_LEVEL: 'trace', RATE_LIMIT: 'off' });
    child.stdout?.pause();
    const client = graphqlClient(`${url}/graphql`);
    const name = 'n'.repeat(100);
    let dropped = 0;
    while (dropped === 0) {
      const answers = await Promise.all(
        Array.from({ length: 200 }, () =>
          client.query(`query ${name} { asyncInvokes(first: 1000) { edges { cursor } } }`),
        ),
      );
      expect(answers.every(({ status: code }) => code === 200)).toBe(true);
      const metrics = await (await fetch(`${url}/metrics`)).text();
      dropped = Number(/^log_lines_dropped (\d+)/m.exec(metrics)?.[1]);
    }
    expect(dropped).toBeGreaterThan(0);
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect([child.exitCode, child.signalCode]).toEqual([0, null]);
  });

  it('X-16 because its reader has gone does not either', async () => {
    const { url, child } = await serve();
    child.stdout?.destroy();
    const client = graphqlClient(`${url}/graphql`);
    for (let n = 0; n < 50; n += 1) expect((await client.query('{ __typename }')).status).toBe(200);
  });
});
