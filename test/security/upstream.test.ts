import type { EmulatorOptions } from '../../src/emulator/emulator.ts';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import { codesOf, type GraphqlResponse } from '../harness/graphql-client.ts';
import { jsonRequest } from '../harness/http.ts';
import { type Issuer, startIssuer } from '../harness/issuer.ts';
import { metricValue } from '../harness/metrics.ts';
import { waitFor, waitForAsync } from '../harness/wait-for.ts';

let issuer: Issuer;
let gateway: Gateway;
beforeAll(async () => {
  issuer = await startIssuer();
});
afterAll(() => issuer.stop());
afterEach(() => gateway.stop());

type Caller = (
  query: string,
  variables?: Record<string, unknown>,
  headers?: Record<string, string>,
  signal?: AbortSignal,
) => Promise<GraphqlResponse>;

/** Starts a gateway, and returns clients with tokens of two callers. */
async function setUp(variables: Record<string, string>, emulator: EmulatorOptions = {}) {
  gateway = await startGateway({
    variables: { RATE_LIMIT: 'off', REQUEST_TIMEOUT_MS: '2000', ...issuer.variables, ...variables },
    emulator,
  });
  const callerOf = async (sub: string): Promise<Caller> => {
    const authorization = `Bearer ${await issuer.sign({ sub })}`;
    return (query, variablesOfQuery, headers, signal) => {
      const body = { query, variables: variablesOfQuery };
      return gateway.fetch({
        ...jsonRequest(body, { authorization, ...headers }),
        ...(signal && { signal }),
      });
    };
  };
  return { ada: await callerOf('ada'), bob: await callerOf('bob') };
}

const times = <T>(count: number, work: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => work(index));
const arnOf = (id: number) =>
  `arn:aws:bedrock:us-east-1:111122223333:async-invoke/${String(id).padStart(12, '0')}`;

const NODES = 'query N($ids: [ID!]!) { nodes(ids: $ids) { id } }';
const GET_ID = 'query G($arn: AwsArn!) { asyncInvoke(invocationArn: $arn) { id } }';
const LIST_IDS = '{ asyncInvokes(first: 7) { nodes { id } } }';
const ENTITIES =
  'query E($r: [_Any!]!) { _entities(representations: $r) { ... on AsyncInvokeSummary { id } } }';

const unknownIds = (from: number, count = 100) => ({
  ids: times(count, (n) =>
    Buffer.from(`AsyncInvokeSummary:${arnOf(from + n)}`).toString('base64url'),
  ),
});
const representations = (from: number) => ({
  r: times(100, (n) => ({ __typename: 'AsyncInvokeSummary', invocationArn: arnOf(from + n) })),
});
const isGetOf =
  (id: number) =>
  ({ path }: { readonly path: string }) =>
    decodeURIComponent(path).endsWith(arnOf(id));
const queueLength = () =>
  metricValue(gateway.url, 'bedrock_queue_length{region="us-east-1"}').then((n) => n ?? 0);

/** Eight aliases of a list whose filter matches nothing, so that each reads many pages. */
const LISTS = `{ ${times(
  8,
  (n) => `a${n}: asyncInvokes(first: ${n + 1}, filter: { statusEquals: FAILED }) { nodes { id } }`,
).join(' ')} }`;

describe('the upstream calls of one caller', () => {
  it.each<[string, (ada: Caller, n: number) => Promise<GraphqlResponse>, EmulatorOptions, string]>([
    ['unknown ids', (ada, n) => ada(NODES, unknownIds(n * 100)), {}, 'standalone'],
    ['single reads', (ada, n) => ada(GET_ID, { arn: arnOf(n) }), {}, 'standalone'],
    ['lists of many pages', (ada) => ada(LISTS), { knobs: { emptyPages: 5 } }, 'standalone'],
    ['entities', (ada, n) => ada(ENTITIES, representations(n * 100)), {}, 'subgraph'],
    [
      'calls that are throttled and retried',
      (ada, n) => ada(GET_ID, { arn: arnOf(n) }),
      { knobs: { throttleRate: 1 } },
      'standalone',
    ],
  ])(
    'S8 are at most UPSTREAM_CALLS_PER_SECOND_PER_CALLER, for %s',
    async (_what, send, emulator, role) => {
      const secret = 'a-secret-that-is-long-enough-for-the-check';
      const isSubgraph = role === 'subgraph';
      const { ada } = await setUp(
        {
          UPSTREAM_CALLS_PER_SECOND_PER_CALLER: '5',
          UPSTREAM_CONCURRENCY: '4',
          GRAPH_ROLE: role,
          ...(isSubgraph && { ROUTER_SECRET: secret }),
        },
        { jobs: 30, ...emulator },
      );
      const asRouter: Caller = (query, variables) =>
        ada(query, variables, isSubgraph ? { 'router-authorization': secret } : {});
      const start = performance.now();
      const responses = await Promise.all(times(60, (n) => send(asRouter, n)));
      const seconds = (performance.now() - start) / 1000;
      const { received } = gateway.emulator.counts;
      // The burst is 4 seconds' worth. Each call in flight may be retried once.
      expect(received).toBeLessThanOrEqual(20 + 5 * seconds + 4);
      expect(received).toBeGreaterThanOrEqual(20);
      const errors = responses.flatMap((response) => response.errors);
      const refusals = errors.filter(({ extensions }) => extensions.limit !== undefined);
      expect(refusals.length).toBeGreaterThan(0);
      for (const { extensions, message } of refusals) {
        expect(extensions).toMatchObject({
          code: 'RATE_LIMITED',
          limit: 'UPSTREAM_CALLS_PER_SECOND_PER_CALLER',
          max: 5,
          retryable: true,
        });
        expect(extensions.retryAfterMs).toBeGreaterThan(0);
        expect(message).toContain('UPSTREAM_CALLS_PER_SECOND_PER_CALLER');
      }
      const refused = await metricValue(
        gateway.url,
        'bedrock_refused_calls_total{outcome="rate_limited"}',
      );
      expect(refused).toBeGreaterThan(0);
    },
  );

  it('S8 are refused at once when they could not start before the deadline', async () => {
    const { ada } = await setUp({
      UPSTREAM_CALLS_PER_SECOND_PER_CALLER: '1',
      REQUEST_TIMEOUT_MS: '60000',
    });
    await Promise.all(times(4, (n) => ada(GET_ID, { arn: arnOf(n) })));
    const response = await ada(GET_ID, { arn: arnOf(9) }, { 'x-request-timeout-ms': '100' });
    expect(codesOf(response)).toEqual(['RATE_LIMITED']);
    expect(Number(response.headers.get('retry-after'))).toBe(1);
    // The call waits for its rate, and is made.
    expect(codesOf(await ada(GET_ID, { arn: arnOf(9) }))).toEqual([]);
  });

  it('S8 stop after a refusal: the other reads of the request are not made', async () => {
    const { ada } = await setUp({ UPSTREAM_CALLS_PER_SECOND_PER_CALLER: '1' });
    await ada(NODES, unknownIds(0));
    const { received } = gateway.emulator.counts;
    expect(received).toBeLessThanOrEqual(7);
    const log = gateway.logLines.filter((line) => line.includes('"kind":"rate_limited"'));
    expect(log).toHaveLength(1);
  });

  it('S8 that are refused are answered with data that is not too old', async () => {
    const { ada } = await setUp(
      { UPSTREAM_CALLS_PER_SECOND_PER_CALLER: '1', LIST_CACHE_TTL_MS: '1' },
      { jobs: 20 },
    );
    const { text } = await ada(LIST_IDS);
    await Promise.all(times(10, (n) => ada(GET_ID, { arn: arnOf(n) })));
    const stale = await ada(LIST_IDS, {}, { 'x-request-timeout-ms': '50' });
    expect(stale.text).toBe(text);
    expect(gateway.logLines.join('\n')).toContain('served stale data');
  });
});

describe('S8 the second caller', () => {
  it.each<[string, number, Record<string, string>]>([
    ['the first one waits for slots', 0, { UPSTREAM_CONCURRENCY: '2' }],
    ['the queue is full', 0, { UPSTREAM_CONCURRENCY: '2', UPSTREAM_MAX_QUEUE: '100' }],
    ['the first one waits for the common rate', 20, { UPSTREAM_CALLS_PER_SECOND: '10' }],
    ['the first one waits for its rate', 20, { UPSTREAM_CALLS_PER_SECOND_PER_CALLER: '5' }],
  ])('S8 makes its call in its turn while %s', async (_what, burst, variables) => {
    const { ada, bob } = await setUp(
      { REQUEST_TIMEOUT_MS: '30000', ...variables },
      { knobs: { latencyMs: 50 } },
    );
    const { requests } = gateway.emulator;
    const controller = new AbortController();
    const { signal } = controller;
    const flood = times(20, (n) => ada(NODES, unknownIds(n * 100), {}, signal).catch(() => n));
    await waitForAsync(async () => requests.length >= burst && (await queueLength()) >= 90);
    const before = requests.length;
    expect(codesOf(await bob(GET_ID, { arn: arnOf(99_999) }))).toEqual([]);
    const position = requests.findIndex(isGetOf(99_999));
    expect(position).toBeGreaterThanOrEqual(before);
    // The calls that were in the queue before would have taken 90 turns.
    expect(position - before).toBeLessThan(45);
    controller.abort();
    await Promise.all(flood);
  });

  it('S8 does not wait for a page that the first one has in its queue', async () => {
    const { ada, bob } = await setUp(
      {
        UPSTREAM_CALLS_PER_SECOND_PER_CALLER: '2',
        LIST_CACHE_TTL_MS: '60000',
        REQUEST_TIMEOUT_MS: '20000',
      },
      { jobs: 20 },
    );
    const flood = times(12, (n) => ada(GET_ID, { arn: arnOf(n) }));
    await waitFor(() => gateway.emulator.requests.length >= 8);
    const queued = ada(LIST_IDS);
    const queuedMore = ada('{ asyncInvokes(first: 7) { nodes { status } } }');
    await waitForAsync(async () => (await queueLength()) >= 3);
    const response = await bob('{ asyncInvokes(first: 7) { nodes { modelId } } }');
    expect(codesOf(response)).toEqual([]);
    const listCalls = () =>
      gateway.emulator.requests.filter(({ operation }) => operation === 'ListAsyncInvokes').length;
    expect(listCalls()).toBe(1);
    expect(gateway.emulator.requests.length).toBeLessThan(12);
    // The first caller gets the same page, without another call.
    expect([await queued, await queuedMore].flatMap(codesOf)).toEqual([]);
    await Promise.all(flood);
    expect(listCalls()).toBe(1);
  });

  it('S8 is served while the calls of the first one fail and open the circuit', async () => {
    const { ada, bob } = await setUp(
      { CIRCUIT_BREAKER_SIZE: '10', CIRCUIT_BREAKER_HALF_OPEN_AFTER_MS: '600000' },
      { jobs: 5 },
    );
    gateway.emulator.inject({
      kind: 'error',
      type: 'InternalServerException',
      status: 500,
      operation: 'GetAsyncInvoke',
    });
    for (let n = 0; n < 30; n += 1) await ada(GET_ID, { arn: arnOf(n) });
    // The circuit is open for the caller whose calls fail.
    const { length } = gateway.emulator.requests;
    expect(length).toBeLessThanOrEqual(40);
    expect(codesOf(await ada(GET_ID, { arn: arnOf(1) }))).toEqual(['SERVICE_UNAVAILABLE']);
    expect(gateway.emulator.requests).toHaveLength(length);
    for (let n = 0; n < 3; n += 1) expect(codesOf(await bob(LIST_IDS))).toEqual([]);
  });

  it('S8 gets a retry after many failed calls of the first one', async () => {
    const { ada, bob } = await setUp(
      { CIRCUIT_BREAKER_SIZE: '1000', REQUEST_TIMEOUT_MS: '10000' },
      { jobs: 5 },
    );
    const fault = gateway.emulator.inject({ kind: 'reset', operation: 'GetAsyncInvoke' });
    const failed = await Promise.all(times(150, (n) => ada(GET_ID, { arn: arnOf(n) })));
    expect(new Set(failed.flatMap(codesOf))).toEqual(new Set(['SERVICE_UNAVAILABLE']));
    fault.clear();
    gateway.emulator.inject({ kind: 'reset', operation: 'ListAsyncInvokes', times: 1 });
    expect(codesOf(await bob(LIST_IDS))).toEqual([]);
  });
});

describe('an invocation that does not exist', () => {
  const TTL = { LIST_CACHE_TTL_MS: '60000' };
  const { received } = { received: () => gateway.emulator.counts.received };

  it('S8 is read once in a moment, by whichever fields and callers', async () => {
    const { ada, bob } = await setUp(TTL);
    expect((await ada(NODES, unknownIds(0))).data).toEqual({ nodes: times(100, () => null) });
    const first = received();
    expect(first).toBe(101);
    await bob(NODES, unknownIds(0));
    await ada('query A($ids: [ID!]!) { nodes(ids: $ids) { __typename } }', unknownIds(0));
    await bob(GET_ID, { arn: arnOf(3) });
    expect(received()).toBe(first);
  });

  it('S8 is read again after a few seconds, and at once with Cache-Control: no-cache', async () => {
    const { ada } = await setUp(TTL);
    const noCache = { 'cache-control': 'no-cache' };
    await ada(GET_ID, { arn: arnOf(1) });
    await ada(GET_ID, { arn: arnOf(1) }, noCache);
    expect(received()).toBe(2);
    let n = 0;
    await waitForAsync(async () => {
      n += 1;
      // Another operation each time, because responses are cached for longer.
      await ada(`query Q${n} { asyncInvoke(invocationArn: "${arnOf(1)}") { id } }`);
      return received() === 3;
    });
  });

  it('S8 is read every time without a cache', async () => {
    const { ada } = await setUp({ LIST_CACHE_TTL_MS: '0' });
    for (let n = 0; n < 3; n += 1) await ada(GET_ID, { arn: arnOf(1) });
    expect(received()).toBe(3);
  });

  it('S8 is found as soon as a list shows it', async () => {
    const { ada } = await setUp(TTL);
    const { emulator } = gateway;
    const { invocationArn: arn } = emulator.addJob();
    const hidden = emulator.inject({
      kind: 'error',
      type: 'ValidationException',
      status: 400,
      operation: 'GetAsyncInvoke',
    });
    expect((await ada(GET_ID, { arn })).data).toEqual({ asyncInvoke: null });
    hidden.clear();
    await ada(LIST_IDS);
    const { data } = await ada(
      'query B($arn: AwsArn!) { asyncInvoke(invocationArn: $arn) { status } }',
      {
        arn,
      },
    );
    expect(data?.asyncInvoke).not.toBeNull();
  });
});

describe('the delay that the upstream asks for', () => {
  const inSeconds = (seconds: number) => () => new Date(Date.now() + seconds * 1000).toUTCString();

  it.each<[string, string | (() => string), number, number]>([
    ['1e308 s', '1e308', 60_000, 60_000],
    ['1e400 s', '1e400', 60_000, 60_000],
    ['26 digits', '99999999999999999999999999', 60_000, 60_000],
    ['an hour', '3600', 60_000, 60_000],
    ['7 s', '7', 7000, 7000],
    ['a fraction', '0.2501', 251, 251],
    ['0', '0', 0, 0],
    ['a date', inSeconds(30), 10_000, 30_000],
    ['a far date', inSeconds(9e6), 60_000, 60_000],
    ['a past date', inSeconds(-60), 0, 0],
    ['Infinity', 'Infinity', 1000, 1000],
    ['a negative number', '-5', 1000, 1000],
    ['NaN', 'NaN', 1000, 1000],
    ['a word', 'soon', 1000, 1000],
    ['a hexadecimal number', '0x10', 1000, 1000],
    ['two numbers', '5, 10', 1000, 1000],
    ['an invalid date', 'Wed, 99 Nov 2026 16:01:23 GMT', 1000, 1000],
    ['a space', ' ', 1000, 1000],
  ])('LOW-03 is at most a minute, for %s', async (_what, value, atLeast, atMost) => {
    const { ada } = await setUp({ UPSTREAM_MAX_ATTEMPTS: '1' });
    gateway.emulator.inject({
      kind: 'error',
      type: 'ThrottlingException',
      status: 429,
      headers: { 'retry-after': typeof value === 'string' ? value : value() },
    });
    const response = await ada(LIST_IDS);
    const retryAfterMs = Number(response.errors[0]?.extensions.retryAfterMs);
    expect(retryAfterMs).toBeGreaterThanOrEqual(atLeast);
    expect(retryAfterMs).toBeLessThanOrEqual(atMost);
    const seconds = response.headers.get('retry-after');
    expect(seconds).toBe(retryAfterMs === 0 ? null : String(Math.ceil(retryAfterMs / 1000)));
  });
});
