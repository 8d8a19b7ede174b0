import type { Emulator } from '../../src/emulator/emulator.ts';
import type { PageJson } from '../harness/queries.ts';
import { exampleQuery, type Router, startSupergraph, type Supergraph } from './supergraph.ts';

interface Render {
  readonly title: string;
  readonly job: { readonly invocationArn: string; readonly status: string } | null;
}

const RENDERS = /* GraphQL */ `
  query ($first: Int!) {
    renders(first: $first) {
      title
      job {
        invocationArn
        status
      }
    }
  }
`;

/** Returns the ARNs in the default order of the graph: by submit time, then by ARN. */
function newestFirst(emulator: Emulator): string[] {
  return emulator
    .jobs()
    .map(({ submitTime, invocationArn }) => ({ submitTime, invocationArn }))
    .sort((a, b) => b.submitTime - a.submitTime || (a.invocationArn < b.invocationArn ? 1 : -1))
    .map(({ invocationArn }) => invocationArn);
}

const supergraphs = new Map<Router, Promise<Supergraph>>();

/** Starts each router once: this takes longer than its tests. */
function supergraphBehind(router: Router): Promise<Supergraph> {
  const supergraph = supergraphs.get(router) ?? startSupergraph(router);
  supergraphs.set(router, supergraph);
  return supergraph;
}

afterAll(async () => {
  for (const started of await Promise.allSettled(supergraphs.values())) {
    if (started.status === 'fulfilled') await started.value.stop();
  }
});

describe.each<Router>(['Apollo Gateway', 'Hive Gateway'])('behind %s', (router) => {
  let supergraph: Supergraph;
  beforeAll(async () => {
    supergraph = await supergraphBehind(router);
  });
  afterEach(() => {
    supergraph.emulator.clearFaults();
    supergraph.emulator.clearRequests();
  });

  it('adds jobs to rows of another subgraph that hold only an ARN', async () => {
    const { data, errors } = await supergraph.query(exampleQuery('renders'));
    expect(errors).toEqual([]);
    const renders = data?.renders as readonly Render[];
    expect(renders).toHaveLength(20);
    for (const { title, job } of renders) {
      expect(title).toEqual(expect.any(String));
      expect(job?.status).toMatch(/^(?:IN_PROGRESS|COMPLETED|FAILED)$/);
    }
  });

  it('pages a connection to its end, each job once, with fields of another subgraph', async () => {
    const seen: string[] = [];
    let titles = 0;
    for (let after: string | null = null, more = true; more;) {
      const variables: Record<string, unknown> = { first: 70, after };
      const { data, errors } = await supergraph.query(exampleQuery('jobs'), variables);
      expect(errors).toEqual([]);
      const { edges, pageInfo } = data?.asyncInvokes as PageJson;
      for (const { node } of edges) {
        seen.push(node?.invocationArn ?? '');
        if (node && 'render' in node && node.render !== null) titles += 1;
      }
      ({ endCursor: after, hasNextPage: more } = pageInfo);
    }
    expect(seen).toEqual(newestFirst(supergraph.emulator));
    // The queue knows only the newest 200 jobs.
    expect(titles).toBe(200);
  });

  it('resolves a query from the jobs to the queue and back, through the union', async () => {
    const { data, errors } = await supergraph.query(exampleQuery('results'));
    expect(errors).toEqual([]);
    const { nodes } = data?.asyncInvokes as PageJson;
    expect(nodes).toHaveLength(10);
    expect(nodes[0]).toMatchObject({
      durationSeconds: expect.any(Number) as number,
      render: {
        job: {
          outputDataConfig: {
            __typename: 'AsyncInvokeS3OutputDataConfig',
            bucket: expect.any(String) as string,
          },
        },
      },
    });
  });

  it('reads a hundred recent entities with one list call', async () => {
    const { data, errors } = await supergraph.query(RENDERS, { first: 100 });
    expect(errors).toEqual([]);
    const jobs = (data?.renders as readonly Render[]).map(({ job }) => job);
    expect(jobs.map((job) => job?.invocationArn).sort()).toEqual(
      newestFirst(supergraph.emulator).slice(0, 100).sort(),
    );
    expect(jobs.every((job) => job?.status)).toBe(true);
    expect(supergraph.emulator.requests.map(({ operation }) => operation)).toEqual([
      'ListAsyncInvokes',
    ]);
  });

  it('reports an upstream failure in the field, and keeps the fields of the queue', async () => {
    supergraph.emulator.inject({ kind: 'error', type: 'AccessDeniedException', status: 403 });
    const { data, errors } = await supergraph.query(RENDERS, { first: 1 });
    const [render] = data?.renders as readonly Render[];
    expect(render?.title).toEqual(expect.any(String));
    expect(render?.job?.status ?? null).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });

  it('rejects more than 100 entities, with a reason if the router passes it on', async () => {
    const { errors } = await supergraph.query(RENDERS, { first: 101 });
    const [error] = errors;
    expect(supergraph.emulator.requests).toEqual([]);
    // Apollo Gateway drops the errors of a response with a status other than 200.
    const reason = router === 'Hive Gateway' ? 'TOO_MANY_REPRESENTATIONS' : undefined;
    expect(error?.extensions.reason).toBe(reason);
  });

  // Runs last, because afterwards the newest jobs are not in the queue.
  it('reads a hundred older entities with one list call and a hundred get calls', async () => {
    for (let n = 0; n < 1000; n += 1) supergraph.emulator.addJob();
    const { data, errors } = await supergraph.query(RENDERS, { first: 100 });
    expect(errors).toEqual([]);
    expect((data?.renders as readonly Render[]).every(({ job }) => job !== null)).toBe(true);
    const operations = Map.groupBy(supergraph.emulator.requests, ({ operation }) => operation);
    expect(operations.get('ListAsyncInvokes')).toHaveLength(1);
    expect(operations.get('GetAsyncInvoke')).toHaveLength(100);
  });
});

describe('demand control in Hive Gateway, based on @cost and @listSize', () => {
  let supergraph: Supergraph;
  beforeAll(async () => {
    supergraph = await supergraphBehind('Hive Gateway');
  });

  it.each([
    '{ asyncInvokes(first: 100) { nodes { id status } } }',
    '{ asyncInvokes(last: 100) { edges { cursor node { id status } } } }',
  ])('estimates a cost of one for the field and one for each row of %s', async (query) => {
    const { text } = await supergraph.query(query);
    expect(JSON.parse(text)).toMatchObject({ extensions: { cost: { estimated: 101 } } });
  });

  it('rejects a page that costs too much before it calls upstream', async () => {
    supergraph.emulator.clearRequests();
    const { errors } = await supergraph.query('{ asyncInvokes(first: 500) { nodes { id } } }');
    expect(errors).toMatchObject([{ extensions: { code: 'COST_ESTIMATED_TOO_EXPENSIVE' } }]);
    expect(supergraph.emulator.requests).toEqual([]);
  });
});

const CHANGES = /* GraphQL */ `
  subscription {
    asyncInvokeChanged {
      invocationArn
      status
      render {
        title
      }
    }
  }
`;

/** Returns the text of an event stream, read until it ends or until `isComplete` returns true. */
async function readStream(
  supergraph: Supergraph,
  query: string,
  isComplete: (text: string) => boolean,
) {
  const controller = new AbortController();
  const response = await supergraph.request({
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query }),
    signal: controller.signal,
  });
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk as Uint8Array).toString();
    if (isComplete(text)) break;
  }
  controller.abort();
  return text;
}

describe('a subscription', () => {
  it('is streamed by Hive Gateway, with fields of another subgraph', async () => {
    const supergraph = await supergraphBehind('Hive Gateway');
    const job = supergraph.emulator.addJob({ endTime: Date.now() + 3_600_000 });
    const { invocationArn } = job;
    const eventFor = (status: string) =>
      `{"invocationArn":"${invocationArn}","status":"${status}","render":null}`;
    const text = await readStream(supergraph, CHANGES, (received) => {
      if (received.includes(invocationArn)) Object.assign(job, { endTime: Date.now() });
      return received.includes(eventFor('COMPLETED'));
    });
    expect(text.indexOf(eventFor('IN_PROGRESS'))).toBeGreaterThan(0);
    expect(text.indexOf(eventFor('COMPLETED'))).toBeGreaterThan(
      text.indexOf(eventFor('IN_PROGRESS')),
    );
  });

  it('is rejected by Apollo Gateway, which does not support it', async () => {
    const supergraph = await supergraphBehind('Apollo Gateway');
    const { errors } = await supergraph.query(CHANGES);
    expect(errors.map(({ message }) => message)).toEqual([
      'Execution of subscriptions not supported by gateway',
    ]);
  });
});
