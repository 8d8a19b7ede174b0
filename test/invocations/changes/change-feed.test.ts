import fc from 'fast-check';
import {
  ChangeFeed,
  type ChangeFeedOptions,
} from '../../../src/invocations/changes/change-feed.ts';
import { UpstreamError } from '../../../src/invocations/upstream-error.ts';
import { subscribeToChanges } from '../../../src/invocations/changes/subscribe.ts';
import { type Invocation, isTerminal } from '../../../src/invocations/invocation.ts';
import type { CoalescingQueue } from '../../../src/concurrency/coalescing-queue.ts';
import type {
  CallContext,
  ListAsyncInvokesQuery,
  ListAsyncInvokesPage,
} from '../../../src/invocations/source.ts';
import { MemorySource, DEFAULT_BEHAVIOUR } from '../../harness/memory-source.ts';
import { waitFor } from '../../harness/wait-for.ts';

const START = Date.parse('2026-03-01T12:00:00Z');
const arnOf = (n: number) =>
  `arn:aws:bedrock:us-east-1:111122223333:async-invoke/${n.toString(36).padStart(12, '0')}`;

function newJob(n: number, status: Invocation['status'] = 'IN_PROGRESS'): Invocation {
  const submitTime = START + n * 1000;
  return {
    invocationArn: arnOf(n),
    region: 'us-east-1',
    accountId: '111122223333',
    modelArn: null,
    clientRequestToken: null,
    status,
    rawStatus: status,
    failureMessage: null,
    submitTime,
    lastModifiedTime: submitTime,
    endTime: null,
    outputDataConfig: null,
  };
}

/** An upstream whose jobs change, and which can be out of order. */
class ChangingSource extends MemorySource {
  fault: UpstreamError | undefined;
  lists = 0;
  gets = 0;
  /** What the list of those in progress still shows although it has ended. */
  lingering: Invocation[] = [];

  override async list(query: ListAsyncInvokesQuery): Promise<ListAsyncInvokesPage> {
    this.lists += 1;
    if (this.fault) throw this.fault;
    const page = await super.list(query);
    const lingers = query.statusEquals === 'IN_PROGRESS' && query.nextToken === undefined;
    return lingers ? { ...page, rows: [...this.lingering, ...page.rows] } : page;
  }

  override async get(invocationArn: string): Promise<Invocation | null> {
    this.gets += 1;
    if (this.fault) throw this.fault;
    return super.get(invocationArn);
  }

  change(n: number, change: Partial<Invocation>): Invocation {
    const index = this.rows.findIndex((row) => row.invocationArn === arnOf(n));
    const row = { ...(this.rows[index] ?? newJob(n)), ...change };
    if (index < 0) this.rows.push(row);
    else this.rows[index] = row;
    return row;
  }
}

const OPTIONS = { minMs: 1, maxMs: 4, timeoutMs: 5000, maxCalls: 50 };

function setUp(rows: readonly Invocation[], options: Partial<ChangeFeedOptions> = {}) {
  const source = new ChangingSource('us-east-1', rows);
  const reports = { failures: [] as unknown[], recoveries: 0 };
  const feed = new ChangeFeed(
    source,
    { ...OPTIONS, ...options },
    {
      onUpstreamCall: () => undefined,
      onRecoveredError: () => undefined,
      onPollFailed: (error) => reports.failures.push(error),
      onPollRecovered: () => (reports.recoveries += 1),
      onBeforePublish: () => undefined,
    },
  );
  return { source, feed, reports };
}

/** Reads all that comes. */
class Reader {
  readonly heard: Invocation[] = [];
  readonly stream: CoalescingQueue<Invocation>;
  ended = false;
  failure: unknown;

  constructor(
    feed: ChangeFeed,
    names?: readonly number[],
    matches: (job: Invocation) => boolean = () => true,
  ) {
    this.stream = subscribeToChanges([feed], { arns: names && new Set(names.map(arnOf)), matches });
    void this.#read().catch((error: unknown) => (this.failure = error));
  }

  async #read(): Promise<void> {
    for await (const job of this.stream) this.heard.push(job);
    this.ended = true;
  }

  async hears(...jobs: readonly Invocation[]): Promise<void> {
    await waitFor(() => jobs.every((job) => this.heard.some((one) => isSame(one, job))));
  }

  told(): string[] {
    return this.heard.map(toText);
  }
}

const toText = ({ invocationArn, status, lastModifiedTime }: Invocation) =>
  `${Number.parseInt(invocationArn.slice(-12), 36)} ${status} ${(lastModifiedTime ?? 0) - START}`;
const isSame = (a: Invocation, b: Invocation) => toText(a) === toText(b);

const readers: Reader[] = [];
afterEach(async () => {
  await Promise.all(readers.splice(0).map(({ stream }) => stream.return()));
});
const read = (...args: ConstructorParameters<typeof Reader>): Reader => {
  const reader = new Reader(...args);
  readers.push(reader);
  return reader;
};

describe('whoever listens to all jobs', () => {
  it('is told of those in progress, of each change, and of new ones, once each', async () => {
    const { source, feed } = setUp([newJob(1, 'COMPLETED'), newJob(2), newJob(3)]);
    const reader = read(feed);
    await reader.hears(newJob(2), newJob(3));
    const done = source.change(2, { status: 'COMPLETED', lastModifiedTime: START + 5000 });
    await reader.hears(done);
    const added = source.change(4, {});
    await reader.hears(added);
    const quick = source.change(5, { status: 'FAILED', lastModifiedTime: START + 9000 });
    await reader.hears(quick);
    const [first, second, ...rest] = reader.told();
    expect([first, second].sort()).toEqual(['2 IN_PROGRESS 2000', '3 IN_PROGRESS 3000']);
    expect(rest).toEqual(['2 COMPLETED 5000', '4 IN_PROGRESS 4000', '5 FAILED 9000']);
  });

  it('who comes later is told where jobs stand, at no cost', async () => {
    const { source, feed } = setUp([newJob(1), newJob(2)], { minMs: 60_000, maxMs: 60_000 });
    await read(feed).hears(newJob(1), newJob(2));
    const { lists } = source;
    const late = read(feed);
    await late.hears(newJob(1), newJob(2));
    expect(source.lists).toBe(lists);
  });

  it('is told what several changes of a reading were in the order in which they came about', async () => {
    const { source, feed } = setUp([newJob(1), newJob(2), newJob(3)], { minMs: 20, maxMs: 40 });
    const reader = read(feed);
    await reader.hears(newJob(1), newJob(2), newJob(3));
    const changes = [2, 3, 1].map((n, index) =>
      source.change(n, { status: 'COMPLETED', lastModifiedTime: START + 10_000 + index }),
    );
    await reader.hears(...changes);
    expect(reader.told().slice(3)).toEqual(changes.map(toText));
  });

  it('does not hear of a job that has ended as if it had not, whatever a list still shows', async () => {
    const { source, feed } = setUp([newJob(1), newJob(2)]);
    const reader = read(feed);
    await reader.hears(newJob(1), newJob(2));
    const done = source.change(1, { status: 'COMPLETED', lastModifiedTime: START + 5000 });
    await reader.hears(done);
    source.lingering = [newJob(1)];
    const later = source.change(3, {});
    await reader.hears(later);
    const last = source.change(3, { lastModifiedTime: START + 8000 });
    await reader.hears(last);
    expect(reader.told().filter((text) => text.startsWith('1 '))).toEqual([
      '1 IN_PROGRESS 1000',
      '1 COMPLETED 5000',
    ]);
  });

  it('hears of a job whose status is newer than this product, until it is one that is known', async () => {
    const { source, feed } = setUp([newJob(1)]);
    const reader = read(feed);
    await reader.hears(newJob(1));
    await reader.hears(source.change(2, { status: 'UNKNOWN', rawStatus: 'Queued' }));
    await reader.hears(source.change(2, { status: 'COMPLETED', lastModifiedTime: START + 7000 }));
    expect(reader.told().slice(1)).toEqual(['2 UNKNOWN 2000', '2 COMPLETED 7000']);
  });

  it('hears of what was submitted while there was nothing at all', async () => {
    const { source, feed } = setUp([]);
    const reader = read(feed);
    await waitFor(() => source.lists >= 4);
    await reader.hears(source.change(1, {}), source.change(2, { status: 'FAILED' }));
    expect(reader.told()).toEqual(['1 IN_PROGRESS 1000', '2 FAILED 2000']);
  });
});

describe('whoever names jobs', () => {
  it('is told where each stands, and hears the end when all are over', async () => {
    const { source, feed } = setUp([newJob(1, 'FAILED'), newJob(2), newJob(3)]);
    const reader = read(feed, [1, 2]);
    await reader.hears(newJob(1, 'FAILED'), newJob(2));
    expect(reader.ended).toBe(false);
    source.change(2, { status: 'COMPLETED', lastModifiedTime: START + 4000 });
    await waitFor(() => reader.ended);
    expect(reader.told().sort()).toEqual([
      '1 FAILED 1000',
      '2 COMPLETED 4000',
      '2 IN_PROGRESS 2000',
    ]);
  });

  it('hears the end at once where all are over or of another account or Region', async () => {
    const { source, feed } = setUp([newJob(1, 'COMPLETED'), newJob(2, 'FAILED')]);
    const reader = read(feed, [1]);
    await waitFor(() => reader.ended);
    expect(reader.told()).toEqual(['1 COMPLETED 1000']);
    const foreign = arnOf(1).replace('us-east-1', 'eu-west-1');
    const stream = subscribeToChanges([feed], { arns: new Set([foreign]), matches: () => true });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    const nothing = subscribeToChanges([feed], { arns: new Set(), matches: () => true });
    expect(await nothing.next()).toEqual({ done: true, value: undefined });
    expect(source.gets).toBe(1);
  });

  it('hears of a job that is not there yet once it is', async () => {
    const { source, feed } = setUp([newJob(1)]);
    const reader = read(feed, [5]);
    await waitFor(() => source.lists >= 6);
    expect(source.gets).toBe(1);
    await reader.hears(source.change(5, {}));
    source.change(5, { status: 'COMPLETED', lastModifiedTime: START + 9000 });
    await waitFor(() => reader.ended);
    expect(reader.told()).toEqual(['5 IN_PROGRESS 5000', '5 COMPLETED 9000']);
  });
});

describe('a named job that fails for itself alone', () => {
  const failing = (n: number, fault: UpstreamError) => {
    const set = setUp([newJob(1), newJob(2, 'COMPLETED'), newJob(3, 'COMPLETED')], {
      minMs: 5,
      maxMs: 20,
    });
    const get = set.source.get.bind(set.source);
    set.source.get = (invocationArn) =>
      invocationArn === arnOf(n) ? Promise.reject(fault) : get(invocationArn);
    return set;
  };

  it('does not keep its listener from hearing of the others', async () => {
    const { feed } = failing(2, new UpstreamError('invalid_response', 'garbled'));
    const reader = read(feed, [1, 2, 3]);
    await reader.hears(newJob(1), newJob(3, 'COMPLETED'));
    expect(reader.told()).toHaveLength(2);
  });

  it('ends with the reason where nobody may read it, and the feed goes on', async () => {
    const fault = new UpstreamError('access_denied', 'no');
    const { source, feed } = failing(2, fault);
    const [denied, other] = [read(feed, [2]), read(feed)];
    await waitFor(() => denied.failure !== undefined);
    expect(denied.failure).toBe(fault);
    await other.hears(source.change(4, {}));
  });

  it('is looked for again after an outage, which takes nothing from the others', async () => {
    const { source, feed, reports } = failing(2, new UpstreamError('throttled', 'slow down'));
    const [named, other] = [read(feed, [2]), read(feed)];
    await other.hears(newJob(1), source.change(4, {}));
    expect(reports.failures).toEqual([]);
    expect(named.heard).toEqual([]);
    source.get = (invocationArn) => ChangingSource.prototype.get.call(source, invocationArn);
    await named.hears(newJob(2, 'COMPLETED'));
    await waitFor(() => named.ended);
  });
});

describe('a reading', () => {
  it.each([1, 1000])('costs the same for %i listeners', async (count) => {
    const minMs = 15;
    const { source, feed } = setUp([newJob(1), newJob(2)], { minMs, maxMs: minMs });
    const start = performance.now();
    const all = Array.from({ length: count }, () => read(feed));
    await Promise.all(all.map((reader) => reader.hears(newJob(1), newJob(2))));
    const done = source.change(1, { status: 'COMPLETED', lastModifiedTime: START + 5000 });
    await Promise.all(all.map((reader) => reader.hears(done)));
    expect(new Set(all.map(({ heard }) => heard.length))).toEqual(new Set([3]));
    // Two lists: what is in progress, and what is new. And a get for what has ended.
    const readings = Math.floor((performance.now() - start) / minMs) + 1;
    expect(source.lists).toBeLessThanOrEqual(2 * readings);
    expect(source.gets).toBe(1);
  });

  it('is not made while nobody listens', async () => {
    const { source, feed } = setUp([newJob(1)]);
    const reader = read(feed);
    await reader.hears(newJob(1));
    await reader.stream.return();
    const { lists } = source;
    const other = setUp([newJob(1)]);
    const clock = read(other.feed);
    await waitFor(() => other.source.lists >= 20);
    expect(source.lists).toBe(lists);
    await clock.stream.return();
  });

  it('that is under way when the last listener leaves tells nobody, and is called off', async () => {
    const { source, feed } = setUp([newJob(1)]);
    const held = Promise.withResolvers<ListAsyncInvokesPage>();
    const signals: AbortSignal[] = [];
    source.list = (_query: ListAsyncInvokesQuery, call?: CallContext) => {
      if (call) signals.push(call.signal);
      return held.promise;
    };
    const reader = read(feed);
    await waitFor(() => signals.length > 0);
    await reader.stream.return();
    expect(signals.every(({ aborted }) => aborted)).toBe(true);
    held.resolve({ rows: [newJob(1)] });
    expect(reader.heard).toEqual([]);
  });

  it('that fails is made again, and brings what was missed', async () => {
    const { source, feed, reports } = setUp([newJob(1)]);
    const reader = read(feed);
    await reader.hears(newJob(1));
    source.fault = new UpstreamError('throttled', 'slow down');
    const done = source.change(1, { status: 'COMPLETED', lastModifiedTime: START + 5000 });
    const added = source.change(2, {});
    await waitFor(() => reports.failures.length >= 3);
    expect(reader.ended).toBe(false);
    source.fault = undefined;
    await reader.hears(done, added);
    expect(reader.heard).toHaveLength(3);
    expect(reports.recoveries).toBe(1);
  });

  it('waits as long as the upstream asks, and longer from time to time', async () => {
    const waits: number[] = [];
    const source = new ChangingSource('us-east-1', []);
    source.fault = new UpstreamError('unavailable', 'out of order');
    const feed = new ChangeFeed(
      source,
      { ...OPTIONS, minMs: 1, maxMs: 16 },
      {
        onUpstreamCall: () => undefined,
        onRecoveredError: () => undefined,
        onPollRecovered: () => undefined,
        onBeforePublish: () => undefined,
        onPollFailed: (_error, nextMs) => {
          waits.push(nextMs);
          if (waits.length === 6)
            source.fault = new UpstreamError('throttled', 'slow', { retryAfterMs: 77 });
          // However long the upstream asks to wait.
          if (waits.length === 7)
            source.fault = new UpstreamError('throttled', 'x', { retryAfterMs: 1e12 });
        },
      },
    );
    read(feed);
    await waitFor(() => waits.length === 8);
    expect(waits).toEqual([2, 4, 8, 16, 16, 16, 77, 60_000]);
  });

  it('that nobody is allowed to make is told to those who have heard nothing yet', async () => {
    const { source, feed } = setUp([newJob(1)]);
    const early = read(feed);
    await early.hears(newJob(1));
    source.fault = new UpstreamError('access_denied', 'no');
    const late = read(feed, [9]);
    await waitFor(() => late.failure !== undefined);
    expect(late.failure).toBe(source.fault);
    expect(early.failure).toBeUndefined();
    source.fault = undefined;
    await early.hears(source.change(2, {}));
  });
});

describe('whatever happens', () => {
  const operation = fc.oneof(
    fc.record({ kind: fc.constant('submit' as const), over: fc.boolean() }),
    fc.record({ kind: fc.constant('end' as const), which: fc.nat() }),
    fc.record({ kind: fc.constant('touch' as const), which: fc.nat() }),
  );
  const step = fc.record({
    operations: fc.array(operation, { minLength: 1, maxLength: 4 }),
    join: fc.option(fc.array(fc.nat({ max: 12 }), { maxLength: 3 }), { nil: undefined }),
    joins: fc.constantFrom('nobody', 'all', 'names'),
    outage: fc.boolean(),
  });

  it('every listener hears where jobs stand, and then every change once, in order', async () => {
    const pages = fc
      .array(fc.constantFrom(0, 1, 2, 5), { maxLength: 3 })
      .map((lengths) => (lengths.some(Boolean) ? lengths : []));
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 6 }),
        pages,
        async (steps, pageLengths) => {
          const { source, feed } = setUp([newJob(1), newJob(2, 'COMPLETED'), newJob(3)]);
          source.habits = { ...DEFAULT_BEHAVIOUR, pageLengths };
          const probe = read(feed);
          await probe.hears(newJob(1), newJob(3));
          const expected = new Map<
            Reader,
            { names: readonly number[] | undefined; told: string[][] }
          >();
          let next = 4;
          let time = START + 100_000;
          for (const { operations, joins, join, outage } of steps) {
            if (joins !== 'nobody') {
              const names = joins === 'names' ? [...new Set(join ?? [])] : undefined;
              const reader = read(feed, names);
              const now = source.rows.filter((row) =>
                names ? names.some((n) => arnOf(n) === row.invocationArn) : !isTerminal(row),
              );
              await reader.hears(...now);
              expected.set(reader, { names, told: [now.map(toText)] });
            }
            if (outage) {
              source.fault = new UpstreamError('unavailable', 'out of order');
              const { lists } = source;
              await waitFor(() => source.lists > lists);
            }
            const changed = new Map<string, Invocation>();
            for (const each of operations) {
              time += 1000;
              const open = source.rows.filter((row) => !isTerminal(row));
              const picked = each.kind === 'submit' ? undefined : open[each.which % open.length];
              const n = picked ? Number.parseInt(picked.invocationArn.slice(-12), 36) : next++;
              const isEnd = each.kind === 'end' || (each.kind === 'submit' && each.over);
              const status = isEnd ? ('COMPLETED' as const) : ('IN_PROGRESS' as const);
              const row = source.change(n, { status, lastModifiedTime: time });
              changed.set(row.invocationArn, row);
            }
            source.fault = undefined;
            await probe.hears(...changed.values());
            for (const { names, told } of expected.values()) {
              const heard = [...changed.values()].filter(
                ({ invocationArn }) => !names || names.some((n) => arnOf(n) === invocationArn),
              );
              told.push(heard.map(toText));
            }
          }
          for (const [reader, { told }] of expected) {
            const all = told.flat();
            await waitFor(() => reader.heard.length >= all.length);
            expect([...reader.told()].sort()).toEqual([...all].sort());
            const states = new Map<string, number>();
            for (const { invocationArn, lastModifiedTime } of reader.heard) {
              expect(lastModifiedTime).toBeGreaterThan(states.get(invocationArn) ?? 0);
              states.set(invocationArn, lastModifiedTime ?? 0);
            }
          }
          await Promise.all(readers.splice(0).map(({ stream }) => stream.return()));
        },
      ),
      { numRuns: 60 },
    );
  });
});
