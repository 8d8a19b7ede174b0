import { NO_DEADLINE as call } from '../harness/test-call.ts';
import { resolveConnection } from '../../src/graphql/async-invoke-connection.ts';
import type { Invocation } from '../../src/invocations/invocation.ts';
import type { InvocationSource, ListAsyncInvokesQuery } from '../../src/invocations/source.ts';
import { invocation } from '../harness/memory-source.ts';

const T = Date.UTC(2026, 0, 1);
const at = (id: number, minutes: number) =>
  invocation('us-east-1', { id, submitTime: T + minutes * 60_000 });
const timeless = (id: number): Invocation => ({ ...at(id, 0), submitTime: null });

/** Newest first. Some rows have no position, because their ARN or time is unreadable. */
const ROWS: readonly (Invocation | null)[] = [
  null,
  at(9, 9),
  timeless(8),
  null,
  at(7, 7),
  at(6, 6),
  timeless(5),
];

/**
 * An upstream that ignores the submit-time window: rows without a time cannot be filtered by it.
 */
const source: InvocationSource = {
  key: 'us-east-1',
  region: 'us-east-1',
  accountId: '111122223333',
  get: () => Promise.resolve(null),
  list: ({ direction, maxResults, nextToken = '0' }: ListAsyncInvokesQuery) => {
    const rows = direction === 'DESC' ? ROWS : ROWS.toReversed();
    const start = Number(nextToken);
    const end = start + maxResults;
    return Promise.resolve({
      rows: rows.slice(start, end),
      ...(end < rows.length && { nextToken: String(end) }),
    });
  },
};

const read = (args: Parameters<typeof resolveConnection>[1]) =>
  resolveConnection([source], args, () => false, call);

describe('rows without a readable ARN or time', () => {
  it.each([1, 2, 3, 10])(
    'rows without a position are returned exactly once, forward, %i at a time',
    async (size) => {
      const seen: (Invocation | null)[] = [];
      let after: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof read>> = await read({ first: size, after });
        seen.push(...page.edges.map(({ node }) => node));
        after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
      } while (after !== null && seen.length <= ROWS.length);
      expect(seen).toEqual(ROWS);
    },
  );

  it.each([1, 2, 3, 10])(
    'rows without a position are returned exactly once, backward, %i at a time',
    async (size) => {
      const seen: (Invocation | null)[] = [];
      let before: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof read>> = await read({ last: size, before });
        seen.unshift(...page.edges.map(({ node }) => node));
        before = page.pageInfo.hasPreviousPage ? page.pageInfo.startCursor : null;
      } while (before !== null && seen.length <= ROWS.length);
      expect(seen).toEqual(ROWS);
    },
  );
});
