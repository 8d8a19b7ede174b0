import type { GraphqlAnswer } from '../harness/graphql-client.ts';
import { type Gateway, type GatewayOptions, startGateway } from '../harness/gateway.ts';
import { type Issuer, startIssuer } from '../harness/issuer.ts';
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
  (query: string, variables: object = {}) =>
  (served: Gateway, headers: Record<string, string> = {}): Promise<GraphqlAnswer> =>
    served.fetch({
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    });
const list = post(ARNS);
const codes = ({ errors }: GraphqlAnswer) => errors.map(({ extensions }) => extensions.code);
const received = ({ emulator }: Gateway) => emulator.counts.received;
const metric = async ({ url }: Gateway, line: string) => {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${line} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
};

it('a request that is nested too deeply to be compared with others is answered by itself', async () => {
  const served = await start();
  const depth = 8100;
  const body = `{"query":"{ __typename }","variables":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}`;
  const headers = { 'content-type': 'application/json' };
  const { status, data } = await served.fetch({ method: 'POST', headers, body });
  expect([status, data]).toEqual([200, { __typename: 'Query' }]);
});

describe('what was read a moment ago', () => {
  it('is not read again within the TTL, and is afterwards', async () => {
    const served = await start({ variables: { LIST_CACHE_TTL_MS: '300' } });
    const { emulator } = served;
    const before = await list(served);
    const job = emulator.addJob();
    expect((await list(served)).text).toBe(before.text);
    expect(received(served)).toBe(1);
    await waitForAsync(async () => (await list(served)).text.includes(job.invocationArn));
    expect(received(served)).toBe(2);
  });

  it('is one call for all who ask at one time, whatever else they select', async () => {
    const served = await start({ variables: { LIST_CACHE_TTL_MS: '1' } });
    served.emulator.inject({ kind: 'latency', ms: 100, times: 1 });
    const fields = ['id', 'status', 'modelId', 'region', 'submitTime'];
    const queries = fields.map((field) =>
      post(`{ asyncInvokes(first: 5) { nodes { ${field} } } }`),
    );
    const answers = await Promise.all([...queries, ...queries].map((ask) => ask(served)));
    expect(answers.flatMap(codes)).toEqual([]);
    expect(received(served)).toBe(1);
    expect(await metric(served, 'cache_hits_total{kind="answer"}')).toBe(fields.length);
    expect(await metric(served, 'cache_hits_total{kind="read"}')).toBe(fields.length - 1);
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
  ])('is read again for %s', async (_what, ask) => {
    const served = await start();
    await list(served);
    expect((await ask(served)).errors).toEqual([]);
    expect(received(served)).toBe(2);
  });

  it('is read each time where LIST_CACHE_TTL_MS is 0, and nobody is told an age', async () => {
    const served = await start({ variables: { LIST_CACHE_TTL_MS: '0' } });
    await list(served);
    const { headers } = await list(served);
    expect(received(served)).toBe(2);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.has('age')).toBe(false);
  });

  it('does not keep a failure, and says so', async () => {
    const served = await start();
    served.emulator.inject({ kind: 'error', type: 'AccessDeniedException', status: 403, times: 1 });
    const refused = await list(served);
    expect(codes(refused)).toEqual(['FORBIDDEN']);
    expect(refused.headers.get('cache-control')).toBe('no-store');
    expect(codes(await list(served))).toEqual([]);
  });

  it('says its age, and whom it is for', async () => {
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

  it('fits the memory it may take, and what does not is read again', async () => {
    const served = await start({
      emulator: { jobs: 3000 },
      variables: { CACHE_MAX_BYTES: '1048576' },
    });
    // A page of a thousand rows is more than a third of that; an answer with one field of each is not.
    const ids = post('{ asyncInvokes(first: 999) { nodes { id } } }');
    expect((await ids(served)).errors).toEqual([]);
    expect((await ids(served)).errors).toEqual([]);
    expect(received(served)).toBe(1);
    await post('{ asyncInvokes(first: 999) { nodes { status } } }')(served);
    expect(received(served)).toBe(2);
  });
});

describe('a job', () => {
  it('that is over is not read again; one that is not is, after the TTL', async () => {
    const served = await start({ variables: { LIST_CACHE_TTL_MS: '1' } });
    const [over] = served.emulator.jobs();
    const running = served.emulator.addJob();
    const get = (arn: string | undefined) => post(GET, { arn })(served);
    for (let turn = 0; turn < 3; turn += 1) await get(over?.invocationArn);
    expect(received(served)).toBe(1);
    await waitForAsync(async () => {
      await get(running.invocationArn);
      return received(served) === 3;
    });
  });

  it('that a list has shown is known', async () => {
    const served = await start();
    const { data } = await list(served);
    const { nodes } = data?.asyncInvokes as { nodes: { invocationArn: string; status: string }[] };
    for (const { invocationArn: arn, status } of nodes) {
      const answer = await post(GET, { arn })(served);
      expect(answer.data?.asyncInvoke).toMatchObject({ invocationArn: arn, status });
    }
    expect(received(served)).toBe(1);
  });

  it('that does not exist yet is asked for each time', async () => {
    const served = await start();
    const arn = `arn:aws:bedrock:us-east-1:111122223333:async-invoke/aaaaaaaaaaaa`;
    await post(GET, { arn })(served);
    await post('query Again($arn: AwsArn!) { asyncInvoke(invocationArn: $arn) { id } }', { arn })(
      served,
    );
    expect(received(served)).toBe(2);
  });

  it('of a hundred known ones takes no call, as representations of a router', async () => {
    const served = await start({
      emulator: { jobs: 100, knobs: { durationScale: 0 } },
      variables: { GRAPH_ROLE: 'subgraph' },
    });
    const representations = served.emulator
      .jobs()
      .map(({ invocationArn }) => ({ __typename: 'AsyncInvokeSummary', invocationArn }));
    const query = `query E($r: [_Any!]!) { _entities(representations: $r) { ... on AsyncInvokeSummary { id } } }`;
    const entities = (size: number) => post(query, { r: representations.slice(0, size) })(served);
    expect((await entities(100)).errors).toEqual([]);
    expect(received(served)).toBe(1);
    expect((await entities(99)).errors).toEqual([]);
    expect(received(served)).toBe(1);
  });
});

describe('a call that several wait for', () => {
  const leaving = (served: Gateway, query: string) => {
    const leave = new AbortController();
    const request = fetch(`${served.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
      signal: leave.signal,
    }).catch(() => 'left');
    return { leave, request };
  };
  const inFlight = async (served: Gateway, count: number) =>
    waitForAsync(async () => (await metric(served, 'http_requests_in_flight')) === count);

  it('goes on for those who stay when the one who made it leaves', async () => {
    const served = await start();
    served.emulator.inject({ kind: 'latency', ms: 400, times: 1 });
    const { leave, request } = leaving(served, ARNS);
    await waitFor(() => served.emulator.counts.inFlight === 1);
    const staying = [list(served), post('{ asyncInvokes(first: 5) { nodes { id } } }')(served)];
    await inFlight(served, 3);
    leave.abort();
    expect(await request).toBe('left');
    for (const answer of await Promise.all(staying)) expect(answer.errors).toEqual([]);
    expect(served.emulator.requests.filter(({ aborted }) => aborted)).toEqual([]);
    expect(received(served)).toBeLessThanOrEqual(2);
  });

  it('ends when the last has left, and the next one makes another', async () => {
    const served = await start();
    served.emulator.inject({ kind: 'hang', times: 1 });
    const callers = ['id', 'status'].map((field) =>
      leaving(served, `{ asyncInvokes(first: 5) { nodes { ${field} } } }`),
    );
    await waitFor(() => served.emulator.counts.inFlight === 1);
    await inFlight(served, 2);
    callers[0]?.leave.abort();
    await inFlight(served, 1);
    expect(served.emulator.counts.inFlight).toBe(1);
    callers[1]?.leave.abort();
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

  it('what was read before is the answer, with its age and a line in the log', async () => {
    const served = await withStale();
    const before = await list(served);
    served.emulator.inject(DOWN);
    await waitForAsync(async () => {
      const stale = await list(served);
      expect(stale.text).toBe(before.text);
      return stale.headers.get('age') === '1';
    });
    expect(logged(served).length).toBeGreaterThan(0);
  });

  it('is an error once that is older than STALE_IF_ERROR_MS', async () => {
    const served = await withStale({
      STALE_IF_ERROR_MS: '200',
      CIRCUIT_BREAKER_HALF_OPEN_AFTER_MS: '1',
    });
    await list(served);
    served.emulator.inject(DOWN);
    await waitForAsync(async () => codes(await list(served))[0] === 'SERVICE_UNAVAILABLE');
  });

  it.each([
    ['AccessDeniedException', 403, 'FORBIDDEN'],
    ['ValidationException', 400, 'BAD_USER_INPUT'],
  ])('%s is no outage: the older answer does not hold', async (type, status, code) => {
    const served = await withStale({ STALE_IF_ERROR_MS: '0' });
    await list(served);
    served.emulator.inject({ kind: 'error', type, status });
    await waitForAsync(async () => codes(await list(served))[0] === code);
  });

  it('rights that were taken away are not made up for, however young the answer', async () => {
    const served = await withStale();
    await list(served);
    served.emulator.inject({ kind: 'error', type: 'AccessDeniedException', status: 403 });
    await waitForAsync(async () => codes(await list(served))[0] === 'FORBIDDEN');
  });
});

describe('a caller who wants it fresh', () => {
  const FRESH = { 'cache-control': 'no-cache' };

  it('has it read again, for those who come after as well', async () => {
    const served = await start();
    await list(served);
    const job = served.emulator.addJob();
    expect((await list(served, FRESH)).text).toContain(job.invocationArn);
    expect(received(served)).toBe(2);
    const other = await post('{ asyncInvokes(first: 5) { nodes { id invocationArn } } }')(served);
    expect(other.text).toContain(job.invocationArn);
    expect(received(served)).toBe(2);
  });

  it('gets what is known when asking too often', async () => {
    const served = await start({ variables: { NO_CACHE_REQUESTS_PER_MINUTE: '2' } });
    for (let turn = 0; turn < 5; turn += 1) {
      expect((await list(served, FRESH)).errors).toEqual([]);
    }
    expect(received(served)).toBe(2);
  });
});

describe('a shared answer', () => {
  let issuer: Issuer;
  beforeAll(async () => {
    issuer = await startIssuer();
  });
  afterAll(() => issuer.stop());
  const bearer = async (claims = {}) => ({
    authorization: `Bearer ${await issuer.sign(claims)}`,
  });

  it('is shared with those who may have it, and with nobody else', async () => {
    const served = await start({ variables: issuer.variables });
    const ada = await bearer();
    const first = await list(served, ada);
    expect((await list(served, ada)).text).toBe(first.text);
    expect(codes(await list(served, await bearer({ sub: 'ada', scope: 'other' })))).toEqual([
      'FORBIDDEN',
    ]);
    expect((await list(served)).status).toBe(401);
    expect((await list(served, await bearer({ sub: 'bob' }))).errors).toEqual([]);
    expect(await metric(served, 'cache_hits_total{kind="answer"}')).toBe(1);
    // What was read upstream is the gateway's to share among those who may see it.
    expect(received(served)).toBe(1);
  });

  it('costs what it would have cost alone', async () => {
    const served = await start({ variables: { ...issuer.variables, RATE_LIMIT: '20' } });
    const ada = await bearer();
    const statuses: number[] = [];
    for (let turn = 0; turn < 5; turn += 1) statuses.push((await list(served, ada)).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    expect(received(served)).toBe(1);
    expect((await list(served, await bearer({ sub: 'bob' }))).status).toBe(200);
  });

  it('is logged and counted like any other', async () => {
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
    expect(await metric(served, 'graphql_operations_total{operation="Poll",outcome="ok"}')).toBe(2);
  });

  it('is in the form that was asked for', async () => {
    const served = await start();
    const json = await list(served, { accept: 'application/json' });
    const response = await list(served, { accept: 'application/graphql-response+json' });
    expect(json.headers.get('content-type')).toMatch(/^application\/json/);
    expect(response.headers.get('content-type')).toMatch(/^application\/graphql-response\+json/);
  });
});

describe('extensions.upstream', () => {
  const ASKED = { 'x-include-upstream-stats': 'true' };
  const reportOf = ({ text }: GraphqlAnswer) =>
    (JSON.parse(text) as { extensions?: { upstream: Record<string, number> } }).extensions
      ?.upstream;

  it('is what the emulator counted, throttled attempts and repeated ones included', async () => {
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
    const answer = await post(query, variables)(served, ASKED);
    expect(answer.errors).toEqual([]);
    const counted = (operation: string) =>
      emulator.requests.filter((request) => request.operation === operation).length;
    const report = reportOf(answer);
    expect(report).toMatchObject({
      listCalls: counted('ListAsyncInvokes'),
      getCalls: counted('GetAsyncInvoke'),
      throttled: emulator.requests.filter(({ status }) => status === 429).length,
      cacheHits: 1,
    });
    expect(report?.throttled).toBe(2);
    expect(report?.waitedMs).toBeGreaterThan(0);

    // The page is known, and its rows by the time that the newest is looked for; so is the older one.
    const again = await post(query, variables)(served, ASKED);
    expect(reportOf(again)).toMatchObject({
      listCalls: 0,
      getCalls: 0,
      throttled: 0,
      cacheHits: 3,
    });
  });

  it('is there for those who ask, or for all where EXPOSE_UPSTREAM_STATS says so', async () => {
    const served = await start();
    expect(reportOf(await list(served))).toBeUndefined();
    expect(reportOf(await list(served, ASKED))).toBeDefined();
    await served.stop();
    const open = await start({ variables: { EXPOSE_UPSTREAM_STATS: 'true' } });
    expect(reportOf(await list(open))).toMatchObject({ listCalls: 1, cacheHits: 0 });
    expect(reportOf(await list(open))).toMatchObject({ listCalls: 0, cacheHits: 1 });
  });

  it('counts no attempt that was never made', async () => {
    const served = await start({ variables: { REQUEST_TIMEOUT_MS: '300' } });
    served.emulator.inject({ kind: 'hang' });
    const answer = await post(LIST)(served, ASKED);
    expect(codes(answer)).toEqual(['GATEWAY_TIMEOUT']);
    expect(received(served)).toBe(1);
  });
});
