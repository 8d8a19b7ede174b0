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

/** In the total order of the graph: by submit time, then by ARN. */
function newestFirst(emulator: Emulator): string[] {
  return emulator
    .jobs()
    .map(({ submitTime, invocationArn }) => ({ submitTime, invocationArn }))
    .sort((a, b) => b.submitTime - a.submitTime || (a.invocationArn < b.invocationArn ? 1 : -1))
    .map(({ invocationArn }) => invocationArn);
}

describe.each<Router>(['Apollo Gateway', 'Hive Gateway'])('behind %s', (router) => {
  let supergraph: Supergraph;
  beforeAll(async () => {
    supergraph = await startSupergraph(router);
  });
  afterEach(() => {
    supergraph.emulator.clearFaults();
    supergraph.emulator.clearRequests();
  });
  afterAll(async () => {
    await supergraph.stop();
  });

  it('a neighbour’s rows, which hold only an ARN, get their jobs', async () => {
    const { data, errors } = await supergraph.query(exampleQuery('renders'));
    expect(errors).toEqual([]);
    const renders = data?.renders as readonly Render[];
    expect(renders).toHaveLength(20);
    for (const { title, job } of renders) {
      expect(title).toEqual(expect.any(String));
      expect(job?.status).toMatch(/^(?:IN_PROGRESS|COMPLETED|FAILED)$/);
    }
  });

  it('a connection pages to its end, each job once, with what the neighbour adds to it', async () => {
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
    // The queue knows the newest 200.
    expect(titles).toBe(200);
  });

  it('a query goes there and back, and through the union', async () => {
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

  it('a hundred entities among the newest cost one list', async () => {
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

  it('a failing upstream is an error with a code in the field, and what the neighbour knows stays', async () => {
    supergraph.emulator.inject({ kind: 'error', type: 'AccessDeniedException', status: 403 });
    const { data, errors } = await supergraph.query(RENDERS, { first: 1 });
    const [render] = data?.renders as readonly Render[];
    expect(render?.title).toEqual(expect.any(String));
    expect(render?.job?.status ?? null).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });

  it('more entities than a request may hold are refused with a reason, as far as the router tells', async () => {
    const { errors } = await supergraph.query(RENDERS, { first: 101 });
    const [error] = errors;
    expect(supergraph.emulator.requests).toEqual([]);
    // Apollo Gateway tells nothing of an answer with a status other than 200, as docs/federation.md says.
    const reason = router === 'Hive Gateway' ? 'TOO_MANY_REPRESENTATIONS' : undefined;
    expect(error?.extensions.reason).toBe(reason);
  });

  // Last, because it leaves the queue with nothing of the newest.
  it('a hundred entities past the newest thousand cost one list and a hundred gets', async () => {
    for (let n = 0; n < 1000; n += 1) supergraph.emulator.addJob();
    const { data, errors } = await supergraph.query(RENDERS, { first: 100 });
    expect(errors).toEqual([]);
    expect((data?.renders as readonly Render[]).every(({ job }) => job !== null)).toBe(true);
    const operations = Map.groupBy(supergraph.emulator.requests, ({ operation }) => operation);
    expect(operations.get('ListAsyncInvokes')).toHaveLength(1);
    expect(operations.get('GetAsyncInvoke')).toHaveLength(100);
  });
});

describe('demand control in Hive Gateway, by the subgraph’s @cost and @listSize', () => {
  let supergraph: Supergraph;
  beforeAll(async () => {
    supergraph = await startSupergraph('Hive Gateway');
  });
  afterAll(async () => {
    await supergraph.stop();
  });

  it.each([
    '{ asyncInvokes(first: 100) { nodes { id status } } }',
    '{ asyncInvokes(last: 100) { edges { cursor node { id status } } } }',
  ])('counts one for the field and one for each row of %s', async (query) => {
    const { text } = await supergraph.query(query);
    expect(JSON.parse(text)).toMatchObject({ extensions: { cost: { estimated: 101 } } });
  });

  it('refuses a page that is too large before anything is asked', async () => {
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

/** What a router answers who asks for a stream, until it ends or has said so much. */
async function stream(supergraph: Supergraph, query: string, enough: (text: string) => boolean) {
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
    if (enough(text)) break;
  }
  controller.abort();
  return text;
}

describe('subscriptions', () => {
  it('are passed on by Hive Gateway as events, with what a neighbour adds', async () => {
    const supergraph = await startSupergraph('Hive Gateway');
    try {
      const job = supergraph.emulator.addJob({ endTime: Date.now() + 3_600_000 });
      const { invocationArn } = job;
      const text = await stream(supergraph, CHANGES, (so) => {
        if (so.includes(invocationArn)) Object.assign(job, { endTime: Date.now() });
        return so.includes('COMPLETED');
      });
      const told = (status: string) =>
        `{"invocationArn":"${invocationArn}","status":"${status}","render":null}`;
      expect(text.indexOf(told('IN_PROGRESS'))).toBeGreaterThan(0);
      expect(text.indexOf(told('COMPLETED'))).toBeGreaterThan(text.indexOf(told('IN_PROGRESS')));
    } finally {
      await supergraph.stop();
    }
  });

  it('are refused by Apollo Gateway, which knows none', async () => {
    const supergraph = await startSupergraph('Apollo Gateway');
    try {
      const { errors } = await supergraph.query(CHANGES);
      expect(errors.map(({ message }) => message)).toEqual([
        'Execution of subscriptions not supported by gateway',
      ]);
    } finally {
      await supergraph.stop();
    }
  });
});
