import assert from 'node:assert/strict';
import { NO_DEADLINE as call } from '../../harness/test-call.ts';
import fc from 'fast-check';
import {
  type AsyncInvokesArguments,
  resolveConnection,
} from '../../../src/graphql/async-invoke-connection.ts';
import { CachedSource } from '../../../src/invocations/cache/cached-source.ts';
import type { Invocation } from '../../../src/invocations/invocation.ts';
import type { InvocationSource } from '../../../src/invocations/source.ts';
import type { CallBudget } from '../../../src/invocations/paging/read-page.ts';
import type { Connection } from '../../../src/relay/connection.ts';
import { invocation, MemorySource, type UpstreamBehaviour } from '../../harness/memory-source.ts';

const RUNS = { numRuns: 1500 };
const REGIONS = ['us-east-1', 'eu-west-1', 'ap-northeast-1'];
const STATUSES = ['IN_PROGRESS', 'COMPLETED', 'FAILED'] as const;
const EPOCH = Date.UTC(2026, 0, 1);

type Direction = 'ASC' | 'DESC';
interface Scenario {
  readonly sources: MemorySource[];
  readonly filter: NonNullable<AsyncInvokesArguments['filter']>;
  readonly direction: Direction;
  readonly sizes: readonly number[];
}

/** Few seconds and few milliseconds, so that ties and crowded edges are the rule and not the exception. */
const submitTime = fc
  .tuple(fc.nat(4), fc.constantFrom(0, 1, 500, 999))
  .map(([second, millisecond]) => EPOCH + second * 1000 + millisecond);

const rowsOf = (region: string) =>
  fc
    .array(fc.record({ submitTime, status: fc.constantFrom(...STATUSES) }), { maxLength: 25 })
    .map((seeds) => seeds.map((seed, id) => invocation(region, { ...seed, id: id * 7919 })));

const habits: fc.Arbitrary<UpstreamBehaviour> = fc.record({
  inclusive: fc.boolean(),
  precision: fc.constantFrom(1 as const, 1000 as const),
  tieSeed: fc.nat(1000),
  pageLengths: fc.oneof(
    fc.constant([]),
    fc
      .array(fc.nat(5), { minLength: 1, maxLength: 6 })
      .filter((lengths) => Math.max(...lengths) > 0),
  ),
  maxTokenUses: fc.constantFrom(1, Infinity),
});

const source = (region: string) =>
  fc.tuple(rowsOf(region), habits).map(([rows, habit]) => new MemorySource(region, rows, habit));

const bound = fc.option(
  submitTime.map((time) => new Date(time)),
  { nil: null },
);

const scenario: fc.Arbitrary<Scenario> = fc.record({
  sources: fc
    .integer({ min: 1, max: 3 })
    .chain((count) => fc.tuple(...REGIONS.slice(0, count).map(source))),
  filter: fc
    .record({
      statusEquals: fc.option(fc.constantFrom(...STATUSES), { nil: null }),
      submitTimeAfter: bound,
      submitTimeBefore: bound,
    })
    .filter(
      (f) => !f.submitTimeAfter || !f.submitTimeBefore || f.submitTimeAfter < f.submitTimeBefore,
    ),
  direction: fc.constantFrom<Direction>('ASC', 'DESC'),
  sizes: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
});

/** The rows of the connection, sorted and filtered by the plainest means. */
function oracle({ sources, filter, direction }: Scenario): string[] {
  const { statusEquals, submitTimeAfter, submitTimeBefore } = filter;
  return sources
    .flatMap(({ rows }) => rows)
    .filter(({ status }) => !statusEquals || status === statusEquals)
    .filter(({ submitTime }) => !submitTimeAfter || (submitTime ?? 0) > submitTimeAfter.getTime())
    .filter(({ submitTime }) => !submitTimeBefore || (submitTime ?? 0) < submitTimeBefore.getTime())
    .sort(byPlace(direction))
    .map(({ invocationArn }) => invocationArn);
}

function byPlace(direction: Direction) {
  const sign = direction === 'ASC' ? 1 : -1;
  return (a: Invocation, b: Invocation) =>
    sign *
    ((a.submitTime ?? 0) - (b.submitTime ?? 0) || (a.invocationArn < b.invocationArn ? -1 : 1));
}

const never: CallBudget = () => false;

function read(
  { sources, filter, direction }: Scenario,
  args: AsyncInvokesArguments,
  spent = never,
  through: readonly InvocationSource[] = sources,
) {
  const orderBy = { field: 'SUBMISSION_TIME', direction } as const;
  return resolveConnection(through, { ...args, filter, orderBy }, spent, call);
}

const arns = ({ edges }: Connection<Invocation>) =>
  edges.map(({ node }) => node?.invocationArn ?? 'null');

interface Paging {
  readonly from: 'start' | 'end';
  /** Between pages, does to the upstream whatever the property is about. */
  readonly disturb?: () => void;
  readonly spent?: CallBudget | undefined;
  /** What is read in place of the sources themselves. */
  readonly through?: readonly InvocationSource[];
}

/**
 * Pages to the end in one direction. Every page is checked against what the upstream holds at that moment: its length,
 * its flags, and that no row comes twice.
 */
async function pageThrough(
  given: Scenario,
  { from, disturb, spent, through }: Paging,
): Promise<string[]> {
  const forward = from === 'start';
  const seen: string[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < 200; page += 1) {
    const size = given.sizes[page % given.sizes.length] ?? 1;
    const connection: Connection<Invocation> = await read(
      given,
      forward ? { first: size, after: cursor } : { last: size, before: cursor },
      spent,
      through,
    );
    const found = arns(connection);
    const ahead = aheadOf(given, seen, forward);
    if (!forward) found.reverse();
    if (!spent) assert.deepEqual(found, ahead.slice(0, size));
    seen.push(...found);

    const { pageInfo } = connection;
    const more = forward ? pageInfo.hasNextPage : pageInfo.hasPreviousPage;
    const behind = forward ? pageInfo.hasPreviousPage : pageInfo.hasNextPage;
    if (!spent) {
      assert.equal(more, ahead.length > size);
      assert.equal(behind, cursor !== null);
    }
    if (!more) return forward ? seen : seen.reverse();
    cursor = forward ? pageInfo.endCursor : pageInfo.startCursor;
    disturb?.();
  }
  throw new Error('paging does not end');
}

/** What the upstream now holds past the last row that was seen, in reading order. */
function aheadOf(given: Scenario, seen: readonly string[], forward: boolean): string[] {
  const last = seen.at(-1);
  const all = given.sources.flatMap(({ rows }) => rows);
  const lastRow = all.find(({ invocationArn }) => invocationArn === last);
  const reading = forward ? oracle(given) : oracle(given).reverse();
  if (!lastRow) return reading;
  const order = [...all].sort(byPlace(given.direction)).map(({ invocationArn }) => invocationArn);
  if (!forward) order.reverse();
  const rank = new Map(order.map((arn, index) => [arn, index]));
  return reading.filter((arn) => (rank.get(arn) ?? 0) > (rank.get(lastRow.invocationArn) ?? 0));
}

const ends = ['start', 'end'] as const;

describe('paging, against an oracle', () => {
  it.each(ends)('returns every row exactly once, in order, with exact flags, from the %s', (from) =>
    fc.assert(
      fc.asyncProperty(scenario, async (given) => {
        assert.deepEqual(await pageThrough(given, { from }), oracle(given));
      }),
      RUNS,
    ),
  );

  it.each(ends)('goes on when every token has expired between pages, from the %s', (from) =>
    fc.assert(
      fc.asyncProperty(scenario, async (given) => {
        const disturb = () => {
          for (const source of given.sources) source.expireTokens();
        };
        assert.deepEqual(await pageThrough(given, { from, disturb }), oracle(given));
      }),
      RUNS,
    ),
  );

  it.each(ends)('keeps its place while invocations arrive anywhere, from the %s', (from) =>
    fc.assert(
      fc.asyncProperty(
        scenario,
        fc.array(submitTime, { maxLength: 20 }),
        async (given, arrivals) => {
          const before = oracle(given);
          let id = 1;
          const disturb = () => {
            const time = arrivals.pop();
            if (time === undefined) return;
            given.sources[0]?.rows.push(
              invocation('us-east-1', { id: (id += 104_729), submitTime: time }),
            );
          };
          const seen = await pageThrough(given, { from, disturb });
          assert.deepEqual(
            seen.filter((arn) => before.includes(arn)),
            before,
          );
          assert.deepEqual(
            seen,
            oracle(given).filter((arn) => seen.includes(arn)),
          );
        },
      ),
      RUNS,
    ),
  );

  it.each(ends)('keeps its place while statuses change under a filter, from the %s', (from) =>
    fc.assert(
      fc.asyncProperty(scenario, fc.infiniteStream(fc.nat(1000)), async (given, picks) => {
        const changed = new Set<string>();
        const before = oracle(given);
        const disturb = () => {
          const rows = given.sources[0]?.rows ?? [];
          const index = (picks.next().value ?? 0) % Math.max(rows.length, 1);
          const row = rows[index];
          if (!row) return;
          changed.add(row.invocationArn);
          rows[index] = { ...row, status: row.status === 'FAILED' ? 'COMPLETED' : 'FAILED' };
        };
        const seen = await pageThrough(given, { from, disturb });
        assert.equal(new Set(seen).size, seen.length);
        assert.deepEqual(
          seen.filter((arn) => !changed.has(arn)),
          before.filter((arn) => !changed.has(arn)),
        );
      }),
      RUNS,
    ),
  );

  it('resumes from any edge, in both directions and between any two', () =>
    fc.assert(
      fc.asyncProperty(scenario, fc.nat(1000), fc.nat(1000), async (given, a, b) => {
        const expected = oracle(given);
        const { edges } = await read(given, { first: 1000 });
        assert.equal(edges.length, expected.length);
        if (edges.length === 0) return;
        const [low, high] = [a % edges.length, b % edges.length].sort((x, y) => x - y);
        const [after, before] = [edges[low ?? 0]?.cursor, edges[high ?? 0]?.cursor];
        const size = given.sizes[0] ?? 1;
        const between = expected.slice((low ?? 0) + 1, high);
        const forward = await read(given, { first: size, after, before });
        const backward = await read(given, { last: size, after, before });
        assert.deepEqual(arns(forward), between.slice(0, size));
        assert.deepEqual(arns(backward), between.slice(-size));
        assert.deepEqual(
          arns(await read(given, { first: 1000, after })),
          expected.slice((low ?? 0) + 1),
        );
        assert.deepEqual(arns(await read(given, { last: 1000, before })), expected.slice(0, high));
        for (const { pageInfo } of [forward, backward]) {
          assert.equal(pageInfo.hasNextPage, true);
          assert.equal(pageInfo.hasPreviousPage, true);
        }
      }),
      RUNS,
    ));

  it.each(ends)('keeps its place while invocations arrive within a page, from the %s', (from) =>
    fc.assert(
      fc.asyncProperty(
        scenario,
        fc.array(submitTime, { maxLength: 20 }),
        async (given, arrivals) => {
          let id = 1;
          for (const source of given.sources) {
            const list = source.list.bind(source);
            source.list = (query) => {
              const time = arrivals.pop();
              if (time !== undefined) {
                source.rows.push(
                  invocation(source.region, { id: (id += 104_729), submitTime: time }),
                );
              }
              return list(query);
            };
          }
          const seen = await pageThrough(given, { from, spent: never });
          assert.equal(new Set(seen).size, seen.length);
          assert.deepEqual(
            seen,
            oracle(given).filter((arn) => seen.includes(arn)),
          );
        },
      ),
      RUNS,
    ),
  );

  it.each(ends)(
    'loses and doubles nothing that a cache knows an older state of, from the %s',
    (from) =>
      fc.assert(
        fc.asyncProperty(
          scenario,
          fc.array(submitTime, { maxLength: 20 }),
          async (given, arrivals) => {
            const through = given.sources.map(
              (source) => new CachedSource(source, { ttlMs: 60_000, staleMs: 0, maxBytes: 1e6 }),
            );
            const before = oracle(given);
            // Whoever came earlier has filled the cache, with all of it or a part.
            await read(given, { first: 3 }, never, through);
            await read(given, { last: 1000 }, never, through);
            let id = 1;
            const disturb = () => {
              const time = arrivals.pop();
              if (time === undefined) return;
              given.sources[0]?.rows.push(
                invocation('us-east-1', { id: (id += 104_729), submitTime: time }),
              );
            };
            const seen = await pageThrough(given, { from, disturb, spent: never, through });
            assert.deepEqual(
              seen.filter((arn) => before.includes(arn)),
              before,
            );
            assert.deepEqual(
              seen,
              oracle(given).filter((arn) => seen.includes(arn)),
            );
          },
        ),
        RUNS,
      ),
  );

  it.each(ends)('gets through on any budget of upstream calls, from the %s', (from) =>
    fc.assert(
      fc.asyncProperty(scenario, fc.integer({ min: 1, max: 4 }), async (given, budget) => {
        for (const source of given.sources) {
          source.rows.splice(0, Infinity, ...withoutTies(source.rows));
          source.habits = { ...source.habits, maxTokenUses: Infinity };
        }
        const spent = (calls: number) => calls >= budget;
        assert.deepEqual(await pageThrough(given, { from, spent }), oracle(given));
      }),
      RUNS,
    ),
  );
});

/** A group of equal submit times that empty pages split is the one thing a spent budget may cut; see decision 1. */
function withoutTies(rows: readonly Invocation[]): Invocation[] {
  return [...new Map(rows.map((row) => [row.submitTime, row])).values()];
}
