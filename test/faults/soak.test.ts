import { createEmulator, type Emulator, type InjectedFault } from '../../src/emulator/emulator.ts';
import { killAll, printed, run, type Run } from '../harness/cli-process.ts';
import { graphqlClient } from '../harness/graphql-client.ts';
import { postJson } from '../harness/http.ts';
import { metricValue, requestsInFlight } from '../harness/metrics.ts';
import { GET, LIST } from '../harness/queries.ts';
import { waitForAsync } from '../harness/wait-for.ts';

const REQUESTS = 3000;
const WARM_UP = 600;
const CONCURRENCY = 20;
const MEGABYTE = 1_048_576;
const MAX_GROWTH = 40 * MEGABYTE;

/** Faults of all kinds. About half of the requests get one. */
const FAULTS: readonly InjectedFault[] = [
  { kind: 'error', type: 'ThrottlingException', status: 429 },
  { kind: 'error', type: 'InternalServerException', status: 500 },
  { kind: 'error', type: 'AccessDeniedException', status: 403 },
  { kind: 'error', type: 'TeapotException', status: 418 },
  { kind: 'response', status: 502, body: '<html><h1>502</h1></html>' },
  { kind: 'response', status: 200, body: '{"asyncInvokeSummaries":[{"invoc' },
  { kind: 'response', status: 200, body: '' },
  { kind: 'reset' },
  { kind: 'hang' },
  { kind: 'drip', intervalMs: 5 },
  { kind: 'goaway' },
  { kind: 'large-body', bytes: 3_000_000 },
  { kind: 'latency', ms: 60, jitterMs: 40 },
  { kind: 'rewrite', rewrite: (json) => ({ ...json, nextToken: ' ' }) },
];

/** A deterministic sequence, so that failures are reproducible. */
let state = 7;
function random(below: number): number {
  state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
  return state % below;
}

let emulator: Emulator;
let server: Run;
let url: string;
beforeAll(async () => {
  emulator = await createEmulator({ jobs: 50 }).start();
  const collect = `process.on('SIGUSR2', () => gc())`;
  server = run(
    ['serve', '--port', '0'],
    {
      AWS_REGION: emulator.region,
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: emulator.url,
      AWS_ACCESS_KEY_ID: 'soak',
      AWS_SECRET_ACCESS_KEY: 'soak',
      REQUEST_TIMEOUT_MS: '250',
      UPSTREAM_ATTEMPT_TIMEOUT_MS: '100',
      UPSTREAM_MAX_RESPONSE_BYTES: '1000000',
      CIRCUIT_BREAKER_HALF_OPEN_AFTER_MS: '50',
      RATE_LIMIT: 'off',
    },
    ['--expose-gc', `--import=data:text/javascript,${encodeURIComponent(collect)}`],
  );
  url = await printed(server, /listening on (http:[^"]+)"/);
});
afterAll(async () => {
  killAll();
  await emulator.destroy();
});

const sendRandomRequest = () => {
  const client = graphqlClient(`${url}/graphql`);
  const [job] = emulator.jobs();
  switch (random(8)) {
    case 0:
      return client.query(GET, { arn: job?.invocationArn });
    case 1:
      return client.query('{ nonsense');
    case 2:
      return client.query(LIST, { first: 1001 });
    case 3:
      return sendAndDisconnect();
    default:
      return client.query(LIST, { first: 1 + random(50) });
  }
};

async function sendAndDisconnect(): Promise<void> {
  const signal = AbortSignal.timeout(1 + random(20));
  await postJson(`${url}/graphql`, { query: LIST }, { signal }).catch(() => undefined);
}

async function soak(requests: number): Promise<void> {
  let left = requests;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      const fault = FAULTS[random(FAULTS.length * 2)];
      if (fault) emulator.inject({ ...fault, times: 1 });
      await sendRandomRequest();
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  emulator.clearFaults();
}

const majorCollections = async () =>
  (await metricValue(url, 'nodejs_gc_duration_seconds_count{kind="major"}')) ?? 0;

async function heapAfterCollection(): Promise<number> {
  await waitForAsync(async () => (await requestsInFlight(url)) === 0);
  const before = await majorCollections();
  server.child.kill('SIGUSR2');
  await waitForAsync(async () => (await majorCollections()) > before);
  return (await metricValue(url, 'nodejs_heap_size_used_bytes')) ?? NaN;
}

it('LIFE-06 3,000 requests with random faults leak no memory and no slots', async () => {
  await soak(WARM_UP);
  const before = await heapAfterCollection();
  await soak(REQUESTS);
  const after = await heapAfterCollection();
  expect(after - before).toBeLessThan(MAX_GROWTH);
  expect(await requestsInFlight(url)).toBe(0);
  expect(server.stdout()).not.toContain('"level":60');
  expect(server.stdout()).not.toContain('internal error');
  expect(server.stderr()).toBe('');
  expect(server.child.exitCode).toBeNull();
  // The circuit may still be open.
  const client = graphqlClient(`${url}/graphql`);
  await waitForAsync(async () => (await client.query(LIST)).errors.length === 0);
}, 240_000);
