import { type Gateway, startGateway } from '../harness/gateway.ts';
import { JOB } from '../harness/queries.ts';

const ENTITIES = /* GraphQL */ `
  query ($representations: [_Any!]!) {
    _entities(representations: $representations) {
      ...Job
    }
  }
  ${JOB}
`;

/** More than the 1,000 rows of the largest list page. */
const JOBS = 1200;

/** Jobs do not progress, so that two reads of one can be compared. */
const NOW = Date.UTC(2026, 2, 1);

let gateway: Gateway;
/** Newest first. */
let arns: string[] = [];
beforeAll(async () => {
  gateway = await startGateway({
    variables: { GRAPH_ROLE: 'subgraph', REQUEST_TIMEOUT_MS: '2000' },
    emulator: { jobs: JOBS, clock: () => NOW },
  });
  arns = gateway.emulator.jobs().map(({ invocationArn }) => invocationArn);
  arns.reverse();
});
afterEach(() => {
  gateway.emulator.clearFaults();
  gateway.emulator.clearRequests();
  gateway.emulator.setKnobs({ latencyMs: 0 });
});
afterAll(async () => {
  await gateway.stop();
});

interface Job {
  readonly id: string;
  readonly invocationArn: string;
}

async function ask(keys: readonly object[]) {
  const representations = keys.map((key) => ({ __typename: 'AsyncInvokeSummary', ...key }));
  const { data, errors } = await gateway.query(ENTITIES, { representations });
  return { jobs: data?._entities as (Job | null)[], errors };
}

const byArn = (invocationArns: readonly string[]) =>
  invocationArns.map((invocationArn) => ({ invocationArn }));

/** Returns the ARNs of all gets and the sizes of all lists. */
function calls() {
  const { requests } = gateway.emulator;
  const gets = requests.filter(({ operation }) => operation === 'GetAsyncInvoke');
  const lists = requests.filter(({ operation }) => operation === 'ListAsyncInvokes');
  return {
    gets: gets.map(({ path }) => decodeURIComponent(path.split('/').slice(2).join('/'))),
    lists: lists.map(({ query }) => Number(query.maxResults)),
  };
}

describe('one entity', () => {
  it('an entity is the same by ARN, by id and from Query.asyncInvoke, in the requested order', async () => {
    const [a = '', b = ''] = arns;
    const { jobs } = await ask(byArn([b, a]));
    const { jobs: byId } = await ask([...jobs].reverse().map((job) => ({ id: job?.id })));
    expect(jobs.map((job) => job?.invocationArn)).toEqual([b, a]);
    expect(byId).toEqual([...jobs].reverse());
    const { data } = await gateway.query(
      `query ($arn: AwsArn!) { asyncInvoke(invocationArn: $arn) { ...Job } } ${JOB}`,
      { arn: a },
    );
    expect(data?.asyncInvoke).toEqual(byId[0]);
  });

  it('an entity is read once for both keys in one request', async () => {
    const [arn = ''] = arns;
    const { jobs } = await ask(byArn([arn]));
    gateway.emulator.clearRequests();
    await ask([{ invocationArn: arn }, { id: jobs[0]?.id }]);
    expect(calls().gets).toEqual([arn]);
  });
});

describe('many entities in one request', () => {
  it('entities are each read once if 20 of 50 repeat, in ten requests', async () => {
    for (let request = 0; request < 10; request += 1) {
      gateway.emulator.clearRequests();
      const distinct = arns.slice(-30 * (request + 1)).slice(0, 30);
      const requested = [...distinct, ...distinct.slice(5, 25)];
      const { jobs, errors } = await ask(byArn(requested));
      expect(errors).toEqual([]);
      expect(jobs.map((job) => job?.invocationArn)).toEqual(requested);
      const { gets, lists } = calls();
      expect([...gets].sort()).toEqual([...distinct].sort());
      expect(lists).toEqual([300]);
    }
  });

  it.each([
    { what: '9 of the newest', from: 0, count: 9, lists: [], gets: 9 },
    { what: '10 of the newest', from: 0, count: 10, lists: [100], gets: 0 },
    { what: '10, half of them in the list,', from: 95, count: 10, lists: [100], gets: 5 },
    { what: '100 of the newest', from: 0, count: 100, lists: [1000], gets: 0 },
    { what: '100 of the oldest', from: JOBS - 100, count: 100, lists: [1000], gets: 100 },
  ])('$what cost $gets gets after the lists $lists', async ({ from, count, lists, gets }) => {
    const requested = arns.slice(from, from + count);
    const { jobs, errors } = await ask(byArn(requested));
    expect(errors).toEqual([]);
    expect(jobs.map((job) => job?.invocationArn)).toEqual(requested);
    expect(calls().lists).toEqual(lists);
    expect(calls().gets).toHaveLength(gets);
  });

  it('entities are read with at most 8 concurrent gets', async () => {
    gateway.emulator.setKnobs({ latencyMs: 20 });
    await ask(byArn(arns.slice(-40)));
    expect(gateway.emulator.counts.peakInFlight).toBe(8);
  });

  it('entities are the same from a list as from gets', async () => {
    const requested = arns.slice(0, 20);
    const { jobs: listed } = await ask(byArn(requested));
    gateway.emulator.inject({
      kind: 'error',
      operation: 'ListAsyncInvokes',
      type: 'AccessDeniedException',
      status: 403,
    });
    const { jobs: got } = await ask(byArn(requested));
    expect(calls().gets).toHaveLength(20);
    expect(got).toEqual(listed);
  });

  it('entities are got where the list left out their status', async () => {
    gateway.emulator.inject({
      kind: 'rewrite',
      operation: 'ListAsyncInvokes',
      rewrite: ({ asyncInvokeSummaries: [{ status: _status, ...first } = {}, ...rest] = [] }) => ({
        asyncInvokeSummaries: [first, ...rest],
      }),
    });
    const { jobs } = await ask(byArn(arns.slice(0, 10)));
    expect(calls().gets).toEqual(arns.slice(0, 1));
    expect(jobs[0]).toMatchObject({ status: expect.stringMatching(/^[A-Z_]+$/) as unknown });
  });

  it('entities are read by gets when the list never responds', async () => {
    gateway.emulator.inject({ kind: 'hang', operation: 'ListAsyncInvokes' });
    const { jobs, errors } = await ask(byArn(arns.slice(0, 12)));
    expect(errors).toEqual([]);
    expect(jobs.every((job) => job !== null)).toBe(true);
    expect(calls().gets).toHaveLength(12);
  });

  it('entities are read when AWS asks the list to wait an hour', async () => {
    gateway.emulator.inject({
      kind: 'error',
      operation: 'ListAsyncInvokes',
      type: 'ThrottlingException',
      status: 429,
      headers: { 'retry-after': '3600' },
    });
    const { jobs, errors } = await ask(byArn(arns.slice(0, 12)));
    expect([jobs.includes(null), errors]).toEqual([false, []]);
  });

  it('entities log that their list failed', async () => {
    gateway.emulator.inject({
      kind: 'error',
      operation: 'ListAsyncInvokes',
      type: 'AccessDeniedException',
      status: 403,
    });
    const before = gateway.logLines.length;
    await ask(byArn(arns.slice(0, 12)));
    const lines = gateway.logLines.slice(before).map((line) => JSON.parse(line) as object);
    expect(lines).toContainEqual(
      expect.objectContaining({ msg: 'upstream error, served stale data', kind: 'access_denied' }),
    );
  });

  it('entities all fail when the upstream throttles, with one log line', async () => {
    gateway.emulator.inject({ kind: 'error', type: 'ThrottlingException', status: 429 });
    const before = gateway.logLines.length;
    const { jobs, errors } = await ask(byArn(arns.slice(0, 100)));
    expect(jobs.filter((job) => job !== null)).toEqual([]);
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(
      Array(100).fill('RATE_LIMITED'),
    );
    // Two attempts each of the list and of the 8 concurrent gets.
    expect(gateway.emulator.requests.length).toBeLessThanOrEqual(2 + 2 * 8);
    const lines = gateway.logLines
      .slice(before)
      .filter((line) => line.includes('"upstream error"'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('"fields":100');
  });

  it.each([
    ['throttled', { kind: 'error', type: 'ThrottlingException', status: 429 }],
    ['unavailable', { kind: 'error', type: 'InternalServerException', status: 500 }],
    ['invalid_response', { kind: 'response', status: 200, body: '<html>' }],
    ['reset', { kind: 'reset' }],
  ] as const)('entities are read by gets when the list is %s', async (_how, fault) => {
    gateway.emulator.inject({ ...fault, operation: 'ListAsyncInvokes' });
    const { jobs, errors } = await ask(byArn(arns.slice(0, 12)));
    expect(errors).toEqual([]);
    expect(jobs.every((job) => job !== null)).toBe(true);
    expect(calls().gets).toHaveLength(12);
  });

  it.each([
    ['access_denied', { kind: 'error', type: 'AccessDeniedException', status: 403 }, 'FORBIDDEN'],
    [
      'about another invocation',
      { kind: 'rewrite', rewrite: (job: object) => ({ ...job, invocationArn: arns[5] }) },
      'BAD_GATEWAY',
    ],
  ] as const)(
    'entities are returned beside one whose response is %s',
    async (_how, fault, code) => {
      const requested = arns.slice(-3);
      gateway.emulator.inject({
        ...fault,
        when: ({ path }) => decodeURIComponent(path).endsWith(requested[1] ?? ''),
      });
      const { jobs, errors } = await ask(byArn(requested));
      expect(errors).toMatchObject([{ path: ['_entities', 1], extensions: { code } }]);
      expect(jobs.map((job) => job?.invocationArn)).toEqual([
        requested[0],
        undefined,
        requested[2],
      ]);
    },
  );

  it('entities are read from one list for aliases of Query.asyncInvoke too', async () => {
    const fields = arns
      .slice(0, 10)
      .map((arn, n) => `a${n}: asyncInvoke(invocationArn: "${arn}") { id }`);
    const { data } = await gateway.query(`{ ${fields.join('\n')} }`);
    expect(Object.values(data ?? {})).not.toContain(null);
    expect(calls()).toEqual({ gets: [], lists: [100] });
  });
});
