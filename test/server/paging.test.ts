import { DEFAULT_KNOBS, type EmulatorKnobs } from '../../src/emulator/knobs.ts';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import type { PageJson } from '../harness/queries.ts';

const JOBS = 2500;
const START = Date.UTC(2026, 5, 1);

const PAGE = /* GraphQL */ `
  query Page(
    $first: Int
    $after: String
    $last: Int
    $before: String
    $filter: AsyncInvokeFilter
    $orderBy: AsyncInvokeOrder
  ) {
    asyncInvokes(
      first: $first
      after: $after
      last: $last
      before: $before
      filter: $filter
      orderBy: $orderBy
    ) {
      edges {
        cursor
        node {
          invocationArn
        }
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
`;

interface Listing {
  readonly direction: 'ASC' | 'DESC';
  readonly filter: {
    readonly statusEquals?: string;
    readonly submitTimeAfter?: string;
    readonly submitTimeBefore?: string;
  };
}

let gateway: Gateway;
let now = START;

/** Adds a job each minute. In every tenth minute, three jobs share one millisecond. */
async function startBusyGateway(): Promise<void> {
  now = START;
  gateway = await startGateway({
    emulator: { clock: () => now, knobs: { ties: 'independent' } },
    variables: { REQUEST_TIMEOUT_MS: '60000', LIST_MAX_UPSTREAM_CALLS: '1000' },
  });

  for (let index = 0; index < JOBS; index += 1) {
    const minute = index - (index % 10 < 3 ? index % 10 : 0);
    const submitTime = START - 86_400_000 * 3 + minute * 60_000;
    gateway.emulator.addJob({
      submitTime,
      endTime: submitTime + 1000,
      outcome: (['Completed', 'Failed', 'InProgress'] as const)[index % 3] ?? 'Completed',
    });
  }
}

/** Returns the ARNs that the connection must contain, computed by filter and sort. */
function expected({ direction, filter }: Listing): string[] {
  const names: Readonly<Record<string, string>> = {
    COMPLETED: 'Completed',
    FAILED: 'Failed',
    IN_PROGRESS: 'InProgress',
  };
  const after = Date.parse(filter.submitTimeAfter ?? '1970-01-01T00:00:00Z');
  const before = Date.parse(filter.submitTimeBefore ?? '9999-01-01T00:00:00Z');
  const jobs = gateway.emulator
    .jobs()
    .filter(({ outcome }) => !filter.statusEquals || outcome === names[filter.statusEquals])
    .filter(({ submitTime }) => submitTime > after && submitTime < before)
    .toSorted((a, b) => a.submitTime - b.submitTime || (a.invocationArn < b.invocationArn ? -1 : 1))
    .map(({ invocationArn }) => invocationArn);
  return direction === 'ASC' ? jobs : jobs.reverse();
}

async function readPage(variables: Record<string, unknown>): Promise<PageJson> {
  const { data, errors } = await gateway.query(PAGE, variables);
  expect(errors).toEqual([]);
  return data?.asyncInvokes as PageJson;
}

const arnsOf = ({ edges }: PageJson) => edges.map(({ node }) => node?.invocationArn ?? 'null');

interface Reading extends Listing {
  readonly size: number;
  readonly from: 'start' | 'end';
  readonly between?: () => void;
}

/** Reads all pages, and checks both flags of each page. */
async function readAll({ direction, filter, size, from, between }: Reading): Promise<string[]> {
  const orderBy = { direction };
  const total = expected({ direction, filter }).length;
  let seen: string[] = [];
  let cursor: string | null = null;
  for (;;) {
    const position: Record<string, unknown> =
      from === 'start' ? { first: size, after: cursor } : { last: size, before: cursor };
    const page: PageJson = await readPage({ ...position, filter, orderBy });
    const { pageInfo } = page;
    seen = from === 'start' ? [...seen, ...arnsOf(page)] : [...arnsOf(page), ...seen];
    const [more, behind] =
      from === 'start'
        ? [pageInfo.hasNextPage, pageInfo.hasPreviousPage]
        : [pageInfo.hasPreviousPage, pageInfo.hasNextPage];
    expect(behind).toBe(cursor !== null);
    if (!between) expect(more).toBe(seen.length < total);
    if (!more) return seen;
    cursor = from === 'start' ? pageInfo.endCursor : pageInfo.startCursor;
    between?.();
  }
}

const BOTH_WAYS = (['ASC', 'DESC'] as const).flatMap((direction) =>
  (['start', 'end'] as const).map((from) => ({ direction, from })),
);

const WINDOW = {
  submitTimeAfter: new Date(START - 86_400_000 * 3 + 60_000 * 100).toISOString(),
  submitTimeBefore: new Date(START - 86_400_000 * 3 + 60_000 * 1200).toISOString(),
};

const FILTERS: readonly Listing['filter'][] = [
  {},
  { statusEquals: 'COMPLETED' },
  { statusEquals: 'FAILED' },
  { statusEquals: 'IN_PROGRESS' },
  WINDOW,
  { ...WINDOW, statusEquals: 'FAILED' },
];

describe.each(BOTH_WAYS)(
  '2,500 invocations, $direction, read from the $from',
  ({ direction, from }) => {
    beforeAll(startBusyGateway);
    afterEach(() => {
      gateway.emulator.setKnobs({ ...DEFAULT_KNOBS, ties: 'independent' });
    });
    afterAll(() => gateway.stop());

    it.each([13, 100, 1000].flatMap((size) => FILTERS.map((filter) => [size, filter] as const)))(
      'invocations appear exactly once and in order with page size %i and filter %j',
      async (size, filter) => {
        const listing = { direction, filter };
        expect(await readAll({ ...listing, from, size })).toEqual(expected(listing));
      },
    );

    it('invocations are complete while more arrive between pages', async () => {
      const before = expected({ direction, filter: {} });
      const between = () => {
        now += 1000;
        gateway.emulator.addJob({ submitTime: now });
      };
      const seen = await readAll({ direction, filter: {}, from, size: 100, between });
      expect(seen.filter((arn) => before.includes(arn))).toEqual(before);
      expect(new Set(seen).size).toBe(seen.length);
    });

    it('invocations are complete when every upstream token expires between pages', async () => {
      gateway.emulator.setKnobs({ tokenLifetimeMs: 1000 });
      const between = () => (now += 60_000);
      const seen = await readAll({ direction, filter: {}, from, size: 1000, between });
      expect(seen).toEqual(expected({ direction, filter: {} }));
    });

    it.each<[string, Partial<EmulatorKnobs>]>([
      ['are short', { pageFill: 0.4 }],
      ['hold 7 rows', { maxPageRows: 7 }],
      ['follow empty ones', { emptyPages: 2 }],
      ['end with an empty one', { trailingEmptyPage: true }],
      [
        'compare whole seconds, exclusively',
        {
          submitTimePrecision: 'second',
          submitTimeAfterBound: 'exclusive',
          submitTimeBeforeBound: 'exclusive',
        },
      ],
    ])('invocations are complete if upstream pages %s', async (_what, knobs) => {
      gateway.emulator.setKnobs(knobs);
      const listing = { direction, filter: { statusEquals: 'FAILED' } };
      expect(await readAll({ ...listing, from, size: 100 })).toEqual(expected(listing));
    });
  },
);

describe('the cost of pages', () => {
  /** No jobs share a second, because ties may cost another call. */
  beforeEach(async () => {
    now = START;
    gateway = await startGateway({ emulator: { clock: () => now } });
    for (let index = 0; index < JOBS; index += 1) {
      gateway.emulator.addJob({ submitTime: START - index * 60_000, endTime: START });
    }
  });

  afterEach(() => gateway.stop());

  it.each([
    [7, 1],
    [100, 1],
    [989, 1],
    [1000, 2],
  ])(
    'a page of %i rows costs at most %i upstream calls, in either direction',
    async (size, calls) => {
      const forward = await readPage({ first: size });
      expect(gateway.emulator.requests.length).toBeLessThanOrEqual(calls);
      gateway.emulator.clearRequests();
      const next = await readPage({ first: size, after: forward.pageInfo.endCursor });
      expect(gateway.emulator.requests.length).toBeLessThanOrEqual(calls);
      gateway.emulator.clearRequests();
      const back = await readPage({ last: size, before: next.pageInfo.startCursor });
      expect(gateway.emulator.requests.length).toBeLessThanOrEqual(calls);
      expect(arnsOf(back)).toEqual(arnsOf(forward));
    },
  );

  it('a page of 100 rows costs exactly one upstream call', async () => {
    await readAll({ direction: 'DESC', filter: {}, from: 'start', size: 100 });
    expect(gateway.emulator.requests).toHaveLength(25);
  });

  it('a page is short, with a cursor, when empty upstream pages exhaust the call budget', async () => {
    await gateway.stop();
    gateway = await startGateway({
      emulator: { clock: () => now, knobs: { emptyPages: 7 } },
      variables: { LIST_MAX_UPSTREAM_CALLS: '3' },
    });
    for (let index = 0; index < 30; index += 1) {
      gateway.emulator.addJob({ submitTime: START - index * 60_000, endTime: START });
    }
    let cursor: string | null = null;
    const seen: string[] = [];
    const lengths: number[] = [];
    do {
      gateway.emulator.clearRequests();
      const page: PageJson = await readPage({ first: 10, after: cursor });
      expect(gateway.emulator.requests.length).toBeLessThanOrEqual(4);
      seen.push(...arnsOf(page));
      lengths.push(page.edges.length);
      cursor = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (cursor !== null);
    expect(seen).toEqual(expected({ direction: 'DESC', filter: {} }));
    expect(lengths).toContain(0);
  });
});
