import { type Gateway, type GatewayOptions, startGateway } from '../harness/gateway.ts';
import { codesOf, type GraphqlResponse } from '../harness/graphql-client.ts';
import { jsonRequest, postJson } from '../harness/http.ts';
import { type Issuer, startIssuer } from '../harness/issuer.ts';
import { metricValue, requestsInFlight } from '../harness/metrics.ts';
import { GET, LIST } from '../harness/queries.ts';
import { waitFor, waitForAsync } from '../harness/wait-for.ts';

const LONG = '60000';
const ARNS = '{ asyncInvokes(first: 5) { nodes { invocationArn status } } }';

let gateway: Gateway | undefined;
afterEach(() => gateway?.stop());

async function start(options: GatewayOptions = {}): Promise<Gateway> {
  return (gateway = await startGateway({
    emulator: { jobs: 20 },
    ...options,
    variables: { LIST_CACHE_TTL_MS: LONG, ...options.variables },
  }));
}

const post =
  (query: string, variables: Readonly<Record<string, unknown>> = {}) =>
  (served: Gateway, headers: Record<string, string> = {}): Promise<GraphqlResponse> =>
    served.query(query, variables, headers);
const list = post(ARNS);
const received = ({ emulator }: Gateway) => emulator.counts.received;
const cacheRequests = ({ url }: Gateway, cache: string, result: string) =>
  metricValue(url, `cache_requests_total{cache="${cache}",result="${result}"}`);

it('a request that is nested too deeply to be serialized is served without the cache', async () => {
  const served = await start();
  const depth = 8100;
  const body = `{"query":"{ __typename }","variables":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}`;
  const { status, data } = await served.fetch(jsonRequest(body));
  expect([status, data]).toEqual([200, { __typename: 'Query' }]);
});

describe('the upstream cache for lists', () => {
  it('a list is served from the cache within the TTL and read again afterwards', async () => {
    const served = await start({ variables: { LIST_CACHE_TTL_MS: '300' } });
    const { emulator } = served;
    const before = await list(served);
    const job = emulator.addJob();
    expect((await list(served)).text).toBe(before.text);
    expect(received(served)).toBe(1);
    await waitForAsync(async () => (await list(served)).text.includes(job.invocationArn));
    expect(received(served)).toBe(2);
  });

  it('a list takes one upstream call for concurrent requests with different fields', async () => {
    const served = await start({ variables: { LIST_CACHE_TTL_MS: '1' } });
    served.emulator.inject({ kind: 'latency', ms: 400, times: 1 });
    const fields = ['id', 'status', 'modelId', 'region', 'submitTime'];
    const queries = fields.map((field) =>
      post(`{ asyncInvokes(first: 5) { nodes { ${field} } } }`),
    );
    const responses = await Promise.all([...queries, ...queries].map((ask) => ask(served)));
    expect(responses.flatMap(codesOf)).toEqual([]);
    expect(received(served)).toBe(1);
    expect(await cacheRequests(served, 'response', 'miss')).toBe(fields.length);
    expect(await cacheRequests(served, 'response', 'hit')).toBe(fields.length);
    expect(await cacheRequests(served, 'upstream', 'miss')).toBe(1);
    expect(await cacheRequests(served, 'upstream', 'hit')).toBe(fields.length - 1);
  });

  it.each([
    ['another page size', post('{ asyncInvokes(first: 6) { nodes { id } } }')],
    [
      'another order',
      post('{ asyncInvokes(first: 5, orderBy: { direction: ASC }) { nodes { id } } }'),
    ],
    [
      'a filter',
      post('{ asyncInvokes(first: 5, filter: { statusEquals: FAILED }) { nodes { id } } }'),
    ],
  ])('a list is read upstream again for %s', async (_what, ask) => {
    const served = await start();
    await list(served);
    expect((await ask(served)).errors).toEqual([]);
    expect(received(served)).toBe(2);
  });

  it('a list is read each time with LIST_CACHE_TTL_MS=0, without an Age header', async () => {
    const served = await start({ variables: { LIST_CACHE_TTL_MS: '0' } });
    await list(served);
    const { headers } = await list(served);
    expect(received(served)).toBe(2);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.has('age')).toBe(false);
  });

  it('a list is read again after a failure, which has no-store', async () => {
    const served = await start();
    served.emulator.inject({ kind: 'error', type: 'AccessDeniedException', status: 403, times: 1 });
    const refused = await list(served);
    expect(codesOf(refused)).toEqual(['FORBIDDEN']);
    expect(refused.headers.get('cache-control')).toBe('no-store');
    expect(codesOf(await list(served))).toEqual([]);
  });

  it('a list has Age, Cache-Control: private, and Vary headers', async () => {
    const served = await start({ variables: { CORS_ORIGINS: 'https://app.example.com' } });
    await list(served);
    await waitForAsync(async () => {
      const { headers } = await list(served, { origin: 'https://app.example.com' });
      expect(headers.get('cache-control')).toBe('private, max-age=60');
      expect(headers.get('vary')).toBe('Origin, Authorization');
      expect(headers.get('access-control-expose-headers')).toContain('age');
      return headers.get('age') === '1';
    });
    expect(received(served)).toBe(1);
  });

  it('a list is read again if it does not fit into CACHE_MAX_BYTES', async () => {
    const served = await start({
      emulator: { jobs: 3000 },
      // A slow machine needs longer than the default for so many rows.
      variables: {
        CACHE_MAX_BYTES: '1048576',
        REQUEST_TIMEOUT_MS: '60000',
        UPSTREAM_ATTEMPT_TIMEOUT_MS: '60000',
      },
    });
    // A page of 1,000 rows exceeds a third of that. A response with one field of each row does not.
    const ids = post('{ asyncInvokes(first: 999) { nodes { id } } }');
    expect((await ids(served)).errors).toEqual([]);
    expect((await ids(served)).errors).toEqual([]);
    expect(received(served)).toBe(1);
    await post('{ asyncInvokes(first: 999) { nodes { status } } }')(served);
    expect(received(served)).toBe(2);
  });
});

describe('the upstream cache for invocations', () => {
  it('an invocation is read again after the TTL unless its state is terminal', async () => {
    const served = await start({ variables: { LIST_CACHE_TTL_MS: '1' } });
    const [finished] = served.emulator.jobs();
    const running = served.emulator.addJob();
    const get = (arn: string | undefined) => post(GET, { arn })(served);
    for (let turn = 0; turn < 3; turn += 1) await get(finished?.invocationArn);
    expect(received(served)).toBe(1);
    await waitForAsync(async () => {
      await get(running.invocationArn);
      return received(served) === 3;
    });
  });

  it('an invocation is served from the cache after a list contained it', async () => {
    const served = await start();
    const { data } = await list(served);
    const { nodes } = data?.asyncInvokes as { nodes: { invocationArn: string; status: string }[] };
    for (const { invocationArn: arn, status } of nodes) {
      const response = await post(GET, { arn })(served);
      expect(response.data?.asyncInvoke).toMatchObject({ invocationArn: arn, status });
    }
    expect(received(served)).toBe(1);
  });

  it('an invocation takes no upstream call as an entity if it is cached', async () => {
    const served = await start({
      emulator: { jobs: 100, knobs: { durationScale: 0 } },
      variables: { GRAPH_ROLE: 'subgraph' },
    });
    const representations = served.emulator
      .jobs()
      .map(({ invocationArn }) => ({ __typename: 'AsyncInvokeSummary', invocationArn }));
    const selection = '... on AsyncInvokeSummary { id }';
    const query = `query E($r: [_Any!]!) { _entities(representations: $r) { ${selection} } }`;
    const entities = (size: number) => post(query, { r: representations.slice(0, size) })(served);
    expect((await entities(100)).errors).toEqual([]);
    expect(received(served)).toBe(1);
    expect((await entities(99)).errors).toEqual([]);
    expect(received(served)).toBe(1);
  });
});

describe('coalescing', () => {
  const startClient = (served: Gateway, query: string) => {
    const client = new AbortController();
    const { signal } = client;
    const request = postJson(`${served.url}/graphql`, { query }, { signal }).catch(() => 'aborted');
    return { client, request };
  };
  const inFlight = async (served: Gateway, count: number) =>
    waitForAsync(async () => (await requestsInFlight(served.url)) === count);

  it('a coalesced upstream call continues for the other clients when the first one disconnects', async () => {
    const served = await start();
    served.emulator.inject({ kind: 'latency', ms: 400, times: 1 });
    const { client, request } = startClient(served, ARNS);
    await waitFor(() => served.emulator.counts.inFlight === 1);
    const others = [list(served), post('{ asyncInvokes(first: 5) { nodes { id } } }')(served)];
    await inFlight(served, 3);
    client.abort();
    expect(await request).toBe('aborted');
    for (const { errors } of await Promise.all(others)) expect(errors).toEqual([]);
    expect(served.emulator.requests.filter(({ aborted }) => aborted)).toEqual([]);
    expect(received(served)).toBeLessThanOrEqual(2);
  });

  it('a coalesced upstream call is aborted when the last client disconnects', async () => {
    const served = await start();
    served.emulator.inject({ kind: 'hang', times: 1 });
    const clients = ['id', 'status'].map((field) =>
      startClient(served, `{ asyncInvokes(first: 5) { nodes { ${field} } } }`),
    );
    await waitFor(() => served.emulator.counts.inFlight === 1);
    await inFlight(served, 2);
    clients[0]?.client.abort();
    await inFlight(served, 1);
    expect(served.emulator.counts.inFlight).toBe(1);
    clients[1]?.client.abort();
    await waitFor(() => served.emulator.counts.inFlight === 0);
    expect((await list(served)).errors).toEqual([]);
  });
});

describe('while the upstream is down', () => {
  const DOWN = { kind: 'error', type: 'ServiceUnavailableException', status: 503 } as const;
  const withStale = (variables: Record<string, string> = {}) =>
    start({ variables: { LIST_CACHE_TTL_MS: '1', ...variables } });
  const logged = ({ logLines }: Gateway) =>
    logLines.filter((line) => line.includes('upstream error, served stale data'));

  it('a request gets stale data with its age, a log line and a metric', async () => {
    const served = await withStale();
    const before = await list(served);
    served.emulator.inject(DOWN);
    await waitForAsync(async () => {
      const stale = await list(served);
      expect(stale.text).toBe(before.text);
      return stale.headers.get('age') === '1';
    });
    expect(logged(served).length).toBeGreaterThan(0);
    expect(await cacheRequests(served, 'upstream', 'stale')).toBeGreaterThan(0);
  });

  it('a request fails if the cached data is older than STALE_IF_ERROR_MS', async () => {
    const served = await withStale({
      STALE_IF_ERROR_MS: '200',
      CIRCUIT_BREAKER_HALF_OPEN_AFTER_MS: '1',
    });
    await list(served);
    served.emulator.inject(DOWN);
    await waitForAsync(async () => codesOf(await list(served))[0] === 'SERVICE_UNAVAILABLE');
  });

  it.each([
    ['AccessDeniedException', 403, 'FORBIDDEN'],
    ['ValidationException', 400, 'BAD_USER_INPUT'],
  ])('a request fails with %s, which is no outage', async (type, status, code) => {
    const served = await withStale({ STALE_IF_ERROR_MS: '0' });
    await list(served);
    served.emulator.inject({ kind: 'error', type, status });
    await waitForAsync(async () => codesOf(await list(served))[0] === code);
  });

  it('a request fails if AWS denies access, however fresh the cached data', async () => {
    const served = await withStale();
    await list(served);
    served.emulator.inject({ kind: 'error', type: 'AccessDeniedException', status: 403 });
    await waitForAsync(async () => codesOf(await list(served))[0] === 'FORBIDDEN');
  });
});

describe('Cache-Control: no-cache', () => {
  const NO_CACHE = { 'cache-control': 'no-cache' };

  it('a request with no-cache is read upstream and refreshes the cache for later requests', async () => {
    const served = await start();
    await list(served);
    const job = served.emulator.addJob();
    expect((await list(served, NO_CACHE)).text).toContain(job.invocationArn);
    expect(received(served)).toBe(2);
    const other = await post('{ asyncInvokes(first: 5) { nodes { id invocationArn } } }')(served);
    expect(other.text).toContain(job.invocationArn);
    expect(received(served)).toBe(2);
  });

  it('a request with no-cache is served from the cache beyond NO_CACHE_REQUESTS_PER_MINUTE', async () => {
    const served = await start({ variables: { NO_CACHE_REQUESTS_PER_MINUTE: '2' } });
    for (let turn = 0; turn < 5; turn += 1) {
      expect((await list(served, NO_CACHE)).errors).toEqual([]);
    }
    expect(received(served)).toBe(2);
  });
});

describe('the response cache', () => {
  let issuer: Issuer;
  beforeAll(async () => {
    issuer = await startIssuer();
  });
  afterAll(() => issuer.stop());
  const bearer = async (claims = {}) => ({
    authorization: `Bearer ${await issuer.sign(claims)}`,
  });

  it('a cached response is not served to other callers or to the same caller with other rights', async () => {
    const served = await start({ variables: issuer.variables });
    const ada = await bearer();
    const first = await list(served, ada);
    expect((await list(served, ada)).text).toBe(first.text);
    expect(codesOf(await list(served, await bearer({ sub: 'ada', scope: 'other' })))).toEqual([
      'FORBIDDEN',
    ]);
    expect((await list(served)).status).toBe(401);
    expect((await list(served, await bearer({ sub: 'bob' }))).errors).toEqual([]);
    expect(await cacheRequests(served, 'response', 'hit')).toBe(1);
    // Callers who may read share the upstream cache.
    expect(received(served)).toBe(1);
  });

  it('a cached response counts its full cost against the rate limit', async () => {
    const served = await start({ variables: { ...issuer.variables, RATE_LIMIT: '20' } });
    const ada = await bearer();
    const statuses: number[] = [];
    for (let turn = 0; turn < 5; turn += 1) statuses.push((await list(served, ada)).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    expect(received(served)).toBe(1);
    expect((await list(served, await bearer({ sub: 'bob' }))).status).toBe(200);
  });

  it('a cached response has a log line and counts as an operation', async () => {
    const served = await start();
    const named = post('query Poll { asyncInvokes(first: 5) { nodes { id } } }');
    await named(served);
    await named(served);
    await waitFor(() => served.logLines.filter((line) => line.includes('"Poll"')).length === 2);
    const lines = served.logLines
      .filter((line) => line.includes('"Poll"'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines[0]).toMatchObject({ cost: 6, upstreamCalls: 1 });
    expect(lines[1]).toMatchObject({ cost: 6, cacheHits: 1, shared: true });
    expect(lines[1]).not.toHaveProperty('upstreamCalls');
    const series = 'graphql_operations_total{operation="Poll",outcome="ok"}';
    expect(await metricValue(served.url, series)).toBe(2);
  });

  it('a cached response has the media type of the request', async () => {
    const served = await start();
    const json = await list(served, { accept: 'application/json' });
    const response = await list(served, { accept: 'application/graphql-response+json' });
    expect(json.headers.get('content-type')).toMatch(/^application\/json/);
    expect(response.headers.get('content-type')).toMatch(/^application\/graphql-response\+json/);
  });
});

describe('upstream statistics', () => {
  const INCLUDE_STATS = { 'x-include-upstream-stats': 'true' };
  const statsOf = ({ text }: GraphqlResponse) =>
    (JSON.parse(text) as { extensions?: { upstream: Record<string, number> } }).extensions
      ?.upstream;

  it('extensions.upstream equals the counts of the emulator, including throttled attempts and retries', async () => {
    const served = await start({ variables: { UPSTREAM_MAX_ATTEMPTS: '3' } });
    const { emulator } = served;
    const [older, newest] = [emulator.jobs()[0], emulator.jobs().at(-1)];
    emulator.inject({ kind: 'error', type: 'ThrottlingException', status: 429, times: 2 });
    const query = `query Q($a: AwsArn!, $b: AwsArn!) {
      asyncInvokes(first: 5) { nodes { id } }
      again: asyncInvokes(first: 5) { nodes { id } }
      a: asyncInvoke(invocationArn: $a) { id }
      b: asyncInvoke(invocationArn: $b) { id }
    }`;
    const variables = { a: older?.invocationArn, b: newest?.invocationArn };
    const response = await post(query, variables)(served, INCLUDE_STATS);
    expect(response.errors).toEqual([]);
    const counted = (operation: string) =>
      emulator.requests.filter((request) => request.operation === operation).length;
    const stats = statsOf(response);
    expect(stats).toMatchObject({
      listCalls: counted('ListAsyncInvokes'),
      getCalls: counted('GetAsyncInvoke'),
      throttled: emulator.requests.filter(({ status }) => status === 429).length,
      cacheHits: 1,
    });
    expect(stats?.throttled).toBe(2);
    expect(stats?.waitedMs).toBeGreaterThan(0);

    // The page, its rows and the older invocation are cached by now.
    const again = await post(query, variables)(served, INCLUDE_STATS);
    expect(statsOf(again)).toMatchObject({
      listCalls: 0,
      getCalls: 0,
      throttled: 0,
      cacheHits: 3,
    });
  });

  it('extensions.upstream is sent to requests with the header, or to all with EXPOSE_UPSTREAM_STATS=true', async () => {
    const served = await start();
    expect(statsOf(await list(served))).toBeUndefined();
    expect(statsOf(await list(served, INCLUDE_STATS))).toBeDefined();
    await served.stop();
    const open = await start({ variables: { EXPOSE_UPSTREAM_STATS: 'true' } });
    expect(statsOf(await list(open))).toMatchObject({ listCalls: 1, cacheHits: 0 });
    expect(statsOf(await list(open))).toMatchObject({ listCalls: 0, cacheHits: 1 });
  });

  it('extensions.upstream counts only attempts that were sent', async () => {
    const served = await start({ variables: { REQUEST_TIMEOUT_MS: '300' } });
    served.emulator.inject({ kind: 'hang' });
    const response = await post(LIST)(served, INCLUDE_STATS);
    expect(codesOf(response)).toEqual(['GATEWAY_TIMEOUT']);
    expect(received(served)).toBe(1);
  });
});
