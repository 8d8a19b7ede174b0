import { type Gateway, startGateway } from '../harness/gateway.ts';
import type { GraphqlResponse } from '../harness/graphql-client.ts';
import { metricValue, requestsInFlight } from '../harness/metrics.ts';
import { GET, LIST } from '../harness/queries.ts';
import { waitFor, waitForAsync } from '../harness/wait-for.ts';

const SETTINGS = {
  REQUEST_TIMEOUT_MS: '1500',
  UPSTREAM_ATTEMPT_TIMEOUT_MS: '500',
  UPSTREAM_MAX_ATTEMPTS: '2',
};

let gateway: Gateway;
afterEach(() => gateway.stop());

const code = ({ errors }: GraphqlResponse) => errors[0]?.extensions.code;
const times = <T>(count: number, work: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => work(index));
const inFlight = () => requestsInFlight(gateway.url);
const circuitOpen = () =>
  metricValue(gateway.url, 'bedrock_circuit_breaker_open{region="us-east-1"}');

describe('LOAD-02 an upstream that is down', () => {
  it('a failing upstream opens the circuit, which fails requests at once and closes again', async () => {
    gateway = await startGateway({
      variables: {
        ...SETTINGS,
        CIRCUIT_BREAKER_SIZE: '10',
        // Longer than the 40 requests take, also on a busy machine.
        CIRCUIT_BREAKER_HALF_OPEN_AFTER_MS: '2000',
      },
      emulator: { jobs: 3 },
    });
    const fault = gateway.emulator.inject({ kind: 'reset' });
    const responses: GraphqlResponse[] = [];
    for (let n = 0; n < 40; n += 1) responses.push(await gateway.query(LIST));
    expect(new Set(responses.map(code))).toEqual(new Set(['SERVICE_UNAVAILABLE']));
    expect(gateway.emulator.requests.length).toBeLessThanOrEqual(20);
    const last = responses.at(-1);
    expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(last?.errors[0]?.extensions.retryable).toBe(true);
    expect(await circuitOpen()).toBe(1);
    expect((await fetch(`${gateway.url}/livez`)).status).toBe(200);
    fault.clear();
    await waitForAsync(async () => (await gateway.query(LIST)).errors.length === 0);
    expect(await circuitOpen()).toBe(0);
  });

  it.each([
    [
      'throttles requests',
      { kind: 'error', type: 'ThrottlingException', status: 429 },
      'RATE_LIMITED',
    ],
    ['denies access', { kind: 'error', type: 'AccessDeniedException', status: 403 }, 'FORBIDDEN'],
    ['sends invalid responses', { kind: 'response', status: 200, body: '<html>' }, 'BAD_GATEWAY'],
  ] as const)('an upstream that %s does not open the circuit', async (_what, fault, expected) => {
    gateway = await startGateway({
      variables: { ...SETTINGS, CIRCUIT_BREAKER_SIZE: '3', UPSTREAM_MAX_ATTEMPTS: '1' },
    });
    gateway.emulator.inject(fault);
    for (let n = 0; n < 10; n += 1) expect(code(await gateway.query(LIST))).toBe(expected);
    expect(gateway.emulator.requests).toHaveLength(10);
  });

  it('an aborted trial call keeps the circuit open', async () => {
    gateway = await startGateway({
      variables: {
        ...SETTINGS,
        CIRCUIT_BREAKER_SIZE: '2',
        CIRCUIT_BREAKER_HALF_OPEN_AFTER_MS: '100',
        UPSTREAM_MAX_ATTEMPTS: '1',
      },
    });
    gateway.emulator.inject({ kind: 'reset', times: 2 });
    gateway.emulator.inject({ kind: 'hang' });
    for (let n = 0; n < 2; n += 1) await gateway.query(LIST);
    await waitForAsync(async () => {
      await ask({ 'x-request-timeout-ms': '20' });
      return gateway.emulator.requests.length === 3;
    });
    expect(await circuitOpen()).toBe(1);
  });

  it('a timeout at a client’s short deadline does not open the circuit', async () => {
    gateway = await startGateway({ variables: { ...SETTINGS, CIRCUIT_BREAKER_SIZE: '3' } });
    const fault = gateway.emulator.inject({ kind: 'hang' });
    for (let n = 0; n < 6; n += 1) await ask({ 'x-request-timeout-ms': '20' });
    fault.clear();
    expect((await gateway.query(LIST)).errors).toEqual([]);
  });
});

function ask(headers: Record<string, string>, query = LIST): Promise<GraphqlResponse> {
  return gateway.query(query, {}, headers);
}

describe('NET-10 the timeout header of a router', () => {
  beforeEach(async () => {
    gateway = await startGateway({ variables: { REQUEST_TIMEOUT_MS: '1000' } });
    gateway.emulator.inject({ kind: 'hang' });
  });

  it.each([
    ['shortens the deadline', '300', 290, 700],
    ['never extends it', '60000', 990, 1400],
    ['is ignored if it is no number', 'soon', 990, 1400],
  ])('the timeout header of a router %s', async (_what, header, atLeast, atMost) => {
    const start = performance.now();
    const response = await ask({ 'x-request-timeout-ms': header });
    const elapsed = performance.now() - start;
    expect(code(response)).toBe('GATEWAY_TIMEOUT');
    expect(elapsed).toBeGreaterThan(atLeast);
    expect(elapsed).toBeLessThan(atMost);
  });
});

describe('LOAD-04 UPSTREAM_CONCURRENCY', () => {
  it('requests beyond UPSTREAM_CONCURRENCY wait in the queue, and fail at once when it is full', async () => {
    gateway = await startGateway({
      variables: {
        // On a busy machine 300 requests take longer than the other deadlines here.
        REQUEST_TIMEOUT_MS: '10000',
        UPSTREAM_CONCURRENCY: '5',
        UPSTREAM_MAX_QUEUE: '5',
        RATE_LIMIT: 'off',
      },
      emulator: { knobs: { latencyMs: 300 } },
    });
    const responses = times(300, () => gateway.query(LIST));
    const live = times(10, () => fetch(`${gateway.url}/livez`));
    expect(new Set((await Promise.all(live)).map(({ status }) => status))).toEqual(new Set([200]));
    const codes = (await Promise.all(responses)).map(code);
    expect(new Set(codes)).toEqual(new Set([undefined, 'SERVICE_UNAVAILABLE']));
    expect(codes.filter((each) => each === undefined).length).toBeGreaterThanOrEqual(10);
    expect(gateway.emulator.counts.peakInFlight).toBeLessThanOrEqual(5);
    expect(await inFlight()).toBe(0);
  });

  it('requests beyond UPSTREAM_CONCURRENCY free their place in the queue when they are aborted', async () => {
    gateway = await startGateway({
      variables: { ...SETTINGS, UPSTREAM_CONCURRENCY: '1', UPSTREAM_MAX_QUEUE: '2' },
    });
    gateway.emulator.inject({ kind: 'latency', ms: 400 });
    const first = gateway.query(LIST);
    await waitFor(() => gateway.emulator.counts.inFlight === 1);
    await Promise.all(times(2, () => ask({ 'x-request-timeout-ms': '30' })));
    expect((await gateway.query(LIST)).errors).toEqual([]);
    expect((await first).errors).toEqual([]);
  });

  it('requests beyond UPSTREAM_CONCURRENCY make no upstream call when they are aborted in the queue', async () => {
    gateway = await startGateway({ variables: { ...SETTINGS, UPSTREAM_CONCURRENCY: '1' } });
    gateway.emulator.inject({ kind: 'latency', ms: 400 });
    const first = gateway.query(LIST);
    await waitFor(() => gateway.emulator.counts.inFlight === 1);
    const waiting = await Promise.all(times(5, () => ask({ 'x-request-timeout-ms': '50' })));
    expect(waiting.map(code)).toEqual(times(5, () => 'GATEWAY_TIMEOUT'));
    expect((await first).errors).toEqual([]);
    expect((await gateway.query(LIST)).errors).toEqual([]);
    expect(gateway.emulator.requests).toHaveLength(2);
  });
});

describe('LOAD-05 MAX_CONCURRENT_REQUESTS', () => {
  it('requests beyond MAX_CONCURRENT_REQUESTS are rejected at once with 503 and Retry-After', async () => {
    gateway = await startGateway({ variables: { ...SETTINGS, MAX_CONCURRENT_REQUESTS: '10' } });
    gateway.emulator.inject({ kind: 'hang' });
    const responses = await Promise.all(times(60, () => gateway.query(LIST)));
    const refused = responses.filter(({ status }) => status === 503);
    expect(refused).toHaveLength(50);
    for (const { headers, errors } of refused) {
      expect(headers.get('retry-after')).toBe('1');
      expect(errors[0]?.extensions).toMatchObject({
        code: 'SERVICE_UNAVAILABLE',
        limit: 'MAX_CONCURRENT_REQUESTS',
        max: 10,
      });
    }
    expect(await inFlight()).toBe(0);
  });
});

describe('LOAD-06 throttling', () => {
  it('an upstream that throttles 100 requests gets at most two attempts for each', async () => {
    gateway = await startGateway({ variables: { ...SETTINGS, RATE_LIMIT: 'off' } });
    gateway.emulator.inject({ kind: 'error', type: 'ThrottlingException', status: 429 });
    const responses = await Promise.all(times(100, () => gateway.query(LIST)));
    const allowed = ['RATE_LIMITED', 'GATEWAY_TIMEOUT'];
    for (const response of responses) expect(allowed).toContain(code(response));
    expect(gateway.emulator.requests.length).toBeLessThanOrEqual(200);
    expect(await inFlight()).toBe(0);
  });
});

describe('AUTH-18 RATE_LIMIT', () => {
  it('a caller that exceeds RATE_LIMIT gets 429 with Retry-After, by the cost and not by the number of requests', async () => {
    gateway = await startGateway({ variables: { RATE_LIMIT: '120' }, emulator: { jobs: 3 } });
    const page = '{ asyncInvokes(first: 49) { nodes { id } } }';
    expect((await ask({}, page)).status).toBe(200);
    expect((await ask({}, page)).status).toBe(200);
    const calls = gateway.emulator.requests.length;
    const refused = await ask({}, page);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.errors[0]?.extensions).toMatchObject({
      code: 'RATE_LIMITED',
      limit: 'RATE_LIMIT',
      max: 120,
      retryable: true,
    });
    expect(gateway.emulator.requests).toHaveLength(calls);
  });

  it('a caller that exceeds RATE_LIMIT pays for failed requests too, and is then rejected before parsing', async () => {
    gateway = await startGateway({ variables: { RATE_LIMIT: '25' } });
    const statuses: number[] = [];
    for (let n = 0; n < 4; n += 1) {
      statuses.push((await ask({}, '{ nothing }')).status);
      // A failed request is charged after its response.
      await waitForAsync(async () => (await inFlight()) === 0);
    }
    expect(statuses).toEqual([400, 400, 400, 429]);
    expect((await ask({}, '{')).status).toBe(429);
  });

  it('a caller that exceeds RATE_LIMIT gets exactly its share of many concurrent requests', async () => {
    gateway = await startGateway({ variables: { RATE_LIMIT: '20' } });
    const responses = await Promise.all(times(40, () => ask({}, '{ __typename }')));
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(20);
    expect(responses.filter(({ status }) => status === 429)).toHaveLength(20);
  });
});

it('X-03 a request whose connection ends during the response is retried once', async () => {
  gateway = await startGateway({ variables: SETTINGS, emulator: { jobs: 3 } });
  gateway.emulator.inject({ kind: 'goaway', times: 1 });
  expect((await gateway.query(LIST)).errors).toEqual([]);
  expect(gateway.emulator.requests).toHaveLength(2);
  gateway.emulator.clearRequests();
  gateway.emulator.inject({ kind: 'rst-stream' });
  const arn = gateway.emulator.jobs()[0]?.invocationArn;
  expect(code(await gateway.query(GET, { arn }))).toMatch(/SERVICE_UNAVAILABLE|BAD_GATEWAY/);
  expect(gateway.emulator.requests).toHaveLength(2);
});
