import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CachedSource } from '../../../src/invocations/cache/cached-source.ts';
import type { Invocation } from '../../../src/invocations/invocation.ts';
import { invocation } from '../../harness/memory-source.ts';
import {
  arns,
  never,
  oracle,
  pageThrough,
  read,
  scenarios,
  submitTime,
} from './paging-scenarios.ts';

const RUNS = { numRuns: 1500 };
const ends = ['start', 'end'] as const;

describe('paging', () => {
  it.each(ends)('returns every row exactly once, in order, with exact flags, from the %s', (from) =>
    fc.assert(
      fc.asyncProperty(scenarios, async (scenario) => {
        assert.deepEqual(await pageThrough(scenario, { from }), oracle(scenario));
      }),
      RUNS,
    ),
  );

  it.each(ends)('loses no row when every token has expired between pages, from the %s', (from) =>
    fc.assert(
      fc.asyncProperty(scenarios, async (scenario) => {
        const disturb = () => {
          for (const source of scenario.sources) source.expireTokens();
        };
        assert.deepEqual(await pageThrough(scenario, { from, disturb }), oracle(scenario));
      }),
      RUNS,
    ),
  );

  it.each(ends)(
    'returns every earlier row once while invocations arrive anywhere, from the %s',
    (from) =>
      fc.assert(
        fc.asyncProperty(
          scenarios,
          fc.array(submitTime, { maxLength: 20 }),
          async (scenario, arrivals) => {
            const before = oracle(scenario);
            let id = 1;
            const disturb = () => {
              const time = arrivals.pop();
              if (time === undefined) return;
              scenario.sources[0]?.rows.push(
                invocation('us-east-1', { id: (id += 104_729), submitTime: time }),
              );
            };
            const seen = await pageThrough(scenario, { from, disturb });
            assert.deepEqual(
              seen.filter((arn) => before.includes(arn)),
              before,
            );
            assert.deepEqual(
              seen,
              oracle(scenario).filter((arn) => seen.includes(arn)),
            );
          },
        ),
        RUNS,
      ),
  );

  it.each(ends)(
    'returns every unchanged row once while statuses change under a filter, from the %s',
    (from) =>
      fc.assert(
        fc.asyncProperty(scenarios, fc.infiniteStream(fc.nat(1000)), async (scenario, picks) => {
          const changed = new Set<string>();
          const before = oracle(scenario);
          const disturb = () => {
            const rows = scenario.sources[0]?.rows ?? [];
            const index = (picks.next().value ?? 0) % Math.max(rows.length, 1);
            const row = rows[index];
            if (!row) return;
            changed.add(row.invocationArn);
            rows[index] = { ...row, status: row.status === 'FAILED' ? 'COMPLETED' : 'FAILED' };
          };
          const seen = await pageThrough(scenario, { from, disturb });
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
      fc.asyncProperty(scenarios, fc.nat(1000), fc.nat(1000), async (scenario, a, b) => {
        const expected = oracle(scenario);
        const { edges } = await read(scenario, { first: 1000 });
        assert.equal(edges.length, expected.length);
        if (edges.length === 0) return;
        const [low, high] = [a % edges.length, b % edges.length].sort((x, y) => x - y);
        const [after, before] = [edges[low ?? 0]?.cursor, edges[high ?? 0]?.cursor];
        const size = scenario.sizes[0] ?? 1;
        const between = expected.slice((low ?? 0) + 1, high);
        const forward = await read(scenario, { first: size, after, before });
        const backward = await read(scenario, { last: size, after, before });
        assert.deepEqual(arns(forward), between.slice(0, size));
        assert.deepEqual(arns(backward), between.slice(-size));
        assert.deepEqual(
          arns(await read(scenario, { first: 1000, after })),
          expected.slice((low ?? 0) + 1),
        );
        assert.deepEqual(
          arns(await read(scenario, { last: 1000, before })),
          expected.slice(0, high),
        );
        assert.partialDeepStrictEqual(forward.pageInfo, {
          hasNextPage: true,
          hasPreviousPage: true,
        });
        assert.partialDeepStrictEqual(backward.pageInfo, {
          hasNextPage: true,
          hasPreviousPage: true,
        });
      }),
      RUNS,
    ));

  it.each(ends)(
    'returns no row twice while invocations arrive within a page, from the %s',
    (from) =>
      fc.assert(
        fc.asyncProperty(
          scenarios,
          fc.array(submitTime, { maxLength: 20 }),
          async (scenario, arrivals) => {
            let id = 1;
            for (const source of scenario.sources) {
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
            const seen = await pageThrough(scenario, { from, isExhausted: never });
            assert.equal(new Set(seen).size, seen.length);
            assert.deepEqual(
              seen,
              oracle(scenario).filter((arn) => seen.includes(arn)),
            );
          },
        ),
        RUNS,
      ),
  );

  it.each(ends)('returns every row once while a cache holds older pages, from the %s', (from) =>
    fc.assert(
      fc.asyncProperty(
        scenarios,
        fc.array(submitTime, { maxLength: 20 }),
        async (scenario, arrivals) => {
          const through = scenario.sources.map(
            (source) => new CachedSource(source, { ttlMs: 60_000, staleMs: 0, maxBytes: 1e6 }),
          );
          const before = oracle(scenario);
          // Earlier requests have filled the cache, with a part or with all of the rows.
          await read(scenario, { first: 3 }, never, through);
          await read(scenario, { last: 1000 }, never, through);
          let id = 1;
          const disturb = () => {
            const time = arrivals.pop();
            if (time === undefined) return;
            scenario.sources[0]?.rows.push(
              invocation('us-east-1', { id: (id += 104_729), submitTime: time }),
            );
          };
          const seen = await pageThrough(scenario, { from, disturb, isExhausted: never, through });
          assert.deepEqual(
            seen.filter((arn) => before.includes(arn)),
            before,
          );
          assert.deepEqual(
            seen,
            oracle(scenario).filter((arn) => seen.includes(arn)),
          );
        },
      ),
      RUNS,
    ),
  );

  it.each(ends)('returns every row with any budget of upstream calls, from the %s', (from) =>
    fc.assert(
      fc.asyncProperty(scenarios, fc.integer({ min: 1, max: 4 }), async (scenario, budget) => {
        for (const source of scenario.sources) {
          source.rows.splice(0, Infinity, ...withoutTies(source.rows));
          source.behaviour = { ...source.behaviour, maxTokenUses: Infinity };
        }
        const isExhausted = (calls: number) => calls >= budget;
        assert.deepEqual(await pageThrough(scenario, { from, isExhausted }), oracle(scenario));
      }),
      RUNS,
    ),
  );
});

/**
 * An exhausted call budget may split a group of equal submit times when empty pages separate its
 * rows. See decision 1.
 */
function withoutTies(rows: readonly Invocation[]): Invocation[] {
  return [...new Map(rows.map((row) => [row.submitTime, row])).values()];
}
