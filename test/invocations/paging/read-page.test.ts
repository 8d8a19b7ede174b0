import { NO_DEADLINE as call } from '../../harness/test-call.ts';
import type { Invocation } from '../../../src/invocations/invocation.ts';
import type { InvocationSource, ListAsyncInvokesPage } from '../../../src/invocations/source.ts';
import { readPage } from '../../../src/invocations/paging/read-page.ts';
import { invocation } from '../../harness/memory-source.ts';

const NOON = Date.UTC(2026, 0, 1, 12);
const ROW = invocation('us-east-1', { id: 1, submitTime: NOON });
const NEVER = () => false;

/** Returns a source that returns these pages for any query. */
function createScriptedSource(pages: (index: number) => ListAsyncInvokesPage) {
  let calls = 0;
  const source: InvocationSource = {
    key: 'scripted',
    region: 'us-east-1',
    accountId: undefined,
    get: () => Promise.resolve(null),
    list: () =>
      calls < 1000
        ? Promise.resolve(pages(calls++))
        : Promise.reject(new Error('reading does not end')),
  };
  return { source, calls: () => calls };
}

const page = (index: number, rows: (Invocation | null)[] = []): ListAsyncInvokesPage => ({
  rows,
  nextToken: `t${index}`,
});
const request = { direction: 'DESC', from: 'start', limit: 5, window: {} } as const;

describe('readPage', () => {
  it('returns a row that only empty pages follow when its call budget is exhausted', async () => {
    const { source, calls } = createScriptedSource((index) =>
      page(index, index === 0 ? [ROW] : []),
    );
    const { rows, hasMore, searchState } = await readPage(
      [source],
      request,
      (callsMade) => callsMade >= 3,
      call,
    );
    expect(rows.map(({ node }) => node)).toEqual([ROW]);
    expect(hasMore).toBe(true);
    expect(searchState?.checkpoints).toEqual({ scripted: { since: null, token: 't2' } });
    expect(calls()).toBe(3);
  });

  it('rejects with invalid_response when the upstream repeats a page token', async () => {
    const { source } = createScriptedSource((index) => page(index % 7));
    await expect(readPage([source], request, NEVER, call)).rejects.toMatchObject({
      kind: 'invalid_response',
    });
  });

  it('sorts rows that the upstream sends out of order within a page', async () => {
    const times = [3, 1, 2, 1, 5].map((minute) => NOON + minute * 60_000);
    const rows = times.map((submitTime, id) => invocation('us-east-1', { id, submitTime }));
    const { source } = createScriptedSource(() => ({ rows }));
    const { rows: sorted } = await readPage([source], request, NEVER, call);
    expect(sorted.map(({ position }) => position.submitTime)).toEqual(
      [...times].sort((a, b) => b - a),
    );
  });

  it('returns a row once that the upstream sends twice', async () => {
    const { source } = createScriptedSource((index) =>
      index === 0 ? page(0, [ROW]) : { rows: [ROW] },
    );
    const { rows, hasMore } = await readPage([source], request, NEVER, call);
    expect([rows.length, hasMore]).toEqual([1, false]);
  });

  it('makes no upstream call when no row can lie between the bounds', async () => {
    const { source, calls } = createScriptedSource(() => ({ rows: [] }));
    const bound = { position: { submitTime: NOON, invocationArn: 'a', offset: 0 } };
    const result = await readPage(
      [source],
      { ...request, after: bound, before: bound },
      NEVER,
      call,
    );
    expect([result, calls()]).toEqual([{ rows: [], hasMore: false }, 0]);
  });
});
