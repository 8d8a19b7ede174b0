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

/** Far more than the newest thousand that a list can hold. */
const JOBS = 1200;

/** The jobs stand still, so that two readings of one can be compared. */
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

/** What the upstream was asked, in short. */
function calls() {
  const { requests } = gateway.emulator;
  const gets = requests.filter(({ operation }) => operation === 'GetAsyncInvoke');
  const lists = requests.filter(({ operation }) => operation === 'ListAsyncInvokes');
  return {
    gets: gets.map(({ path }) => decodeURIComponent(path.split('/').slice(2).join('/'))),
    lists: lists.map(({ query }) => Number(query.maxResults)),
  };
}

describe('an entity', () => {
  it('is the same by either key, in the order asked for, and as Query.asyncInvoke has it', async () => {
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

  it('that is named by both keys in one request is read once', async () => {
    const [arn = ''] = arns;
    const { jobs } = await ask(byArn([arn]));
    gateway.emulator.clearRequests();
    await ask([{ invocationArn: arn }, { id: jobs[0]?.id }]);
    expect(calls().gets).toEqual([arn]);
  });
});

describe('many entities in one request', () => {
  it('of which 20 of 50 repeat are each read once, in ten requests', async () => {
    for (let request = 0; request < 10; request += 1) {
      gateway.emulator.clearRequests();
      const distinct = arns.slice(-30 * (request + 1)).slice(0, 30);
      const asked = [...distinct, ...distinct.slice(5, 25)];
      const { jobs, errors } = await ask(byArn(asked));
      expect(errors).toEqual([]);
      expect(jobs.map((job) => job?.invocationArn)).toEqual(asked);
      const { gets, lists } = calls();
      expect([...gets].sort()).toEqual([...distinct].sort());
      expect(lists).toEqual([300]);
    }
  });

  it.each([
    { what: '9 of the newest', from: 0, count: 9, lists: [], gets: 9 },
    { what: '10 of the newest', from: 0, count: 10, lists: [100], gets: 0 },
    { what: '10, of which the list holds half', from: 95, count: 10, lists: [100], gets: 5 },
    { what: '100 of the newest', from: 0, count: 100, lists: [1000], gets: 0 },
    { what: '100 of the oldest', from: JOBS - 100, count: 100, lists: [1000], gets: 100 },
  ])('$what cost $gets gets after the lists $lists', async ({ from, count, lists, gets }) => {
    const asked = arns.slice(from, from + count);
    const { jobs, errors } = await ask(byArn(asked));
    expect(errors).toEqual([]);
    expect(jobs.map((job) => job?.invocationArn)).toEqual(asked);
    expect(calls().lists).toEqual(lists);
    expect(calls().gets).toHaveLength(gets);
  });

  it('are got no more than 8 at a time', async () => {
    gateway.emulator.setKnobs({ latencyMs: 20 });
    await ask(byArn(arns.slice(-40)));
    expect(gateway.emulator.counts.peakInFlight).toBe(8);
  });

  it('are the same from a list as from gets', async () => {
    const asked = arns.slice(0, 20);
    const { jobs: listed } = await ask(byArn(asked));
    gateway.emulator.inject({
      kind: 'error',
      operation: 'ListAsyncInvokes',
      type: 'AccessDeniedException',
      status: 403,
    });
    const { jobs: got } = await ask(byArn(asked));
    expect(calls().gets).toHaveLength(20);
    expect(got).toEqual(listed);
  });

  it('are got where the list left out their status', async () => {
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

  it('are not lost to a list that never answers', async () => {
    gateway.emulator.inject({ kind: 'hang', operation: 'ListAsyncInvokes' });
    const { jobs, errors } = await ask(byArn(arns.slice(0, 12)));
    expect(errors).toEqual([]);
    expect(jobs.every((job) => job !== null)).toBe(true);
    expect(calls().gets).toHaveLength(12);
  });

  it('are not lost to a list that is told to wait', async () => {
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

  it('say in the log that a list failed them', async () => {
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

  it('are given up together when the upstream throttles, and logged as one', async () => {
    gateway.emulator.inject({ kind: 'error', type: 'ThrottlingException', status: 429 });
    const before = gateway.logLines.length;
    const { jobs, errors } = await ask(byArn(arns.slice(0, 100)));
    expect(jobs.filter((job) => job !== null)).toEqual([]);
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(
      Array(100).fill('RATE_LIMITED'),
    );
    // Two attempts each of the list and of the gets that were under way together.
    expect(gateway.emulator.requests.length).toBeLessThanOrEqual(2 + 2 * 8);
    const faults = gateway.logLines
      .slice(before)
      .filter((line) => line.includes('"upstream error"'));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain('"fields":100');
  });

  it.each([
    ['throttled', { kind: 'error', type: 'ThrottlingException', status: 429 }],
    ['unavailable', { kind: 'error', type: 'InternalServerException', status: 500 }],
    ['invalid_response', { kind: 'response', status: 200, body: '<html>' }],
    ['reset', { kind: 'reset' }],
  ] as const)('are answered by gets when the list is %s', async (_how, fault) => {
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
  ] as const)('do not suffer from one whose answer is %s', async (_how, fault, code) => {
    const asked = arns.slice(-3);
    gateway.emulator.inject({
      ...fault,
      when: ({ path }) => decodeURIComponent(path).endsWith(asked[1] ?? ''),
    });
    const { jobs, errors } = await ask(byArn(asked));
    expect(errors).toMatchObject([{ path: ['_entities', 1], extensions: { code } }]);
    expect(jobs.map((job) => job?.invocationArn)).toEqual([asked[0], undefined, asked[2]]);
  });

  it('cost as little through aliases of Query.asyncInvoke', async () => {
    const fields = arns
      .slice(0, 10)
      .map((arn, n) => `a${n}: asyncInvoke(invocationArn: "${arn}") { id }`);
    const { data } = await gateway.query(`{ ${fields.join('\n')} }`);
    expect(Object.values(data ?? {})).not.toContain(null);
    expect(calls()).toEqual({ gets: [], lists: [100] });
  });
});
