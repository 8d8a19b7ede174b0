import { NO_DEADLINE as call } from '../../harness/test-call.ts';
import type { Invocation } from '../../../src/invocations/invocation.ts';
import type { InvocationSource, ListAsyncInvokesPage } from '../../../src/invocations/source.ts';
import { readPage } from '../../../src/invocations/paging/read-page.ts';
import { invocation } from '../../harness/memory-source.ts';

const NOON = Date.UTC(2026, 0, 1, 12);
const ROW = invocation('us-east-1', { id: 1, submitTime: NOON });
const NEVER = () => false;

/** An upstream that answers with these pages, whatever it is asked. */
function scripted(pages: (index: number) => ListAsyncInvokesPage) {
  let calls = 0;
  const source: InvocationSource = {
    key: 'scripted',
    region: 'us-east-1',
    accountId: undefined,
    get: () => Promise.resolve(null),
    list: () =>
      calls < 1000 ? Promise.resolve(pages(calls++)) : Promise.reject(new Error('read for ever')),
  };
  return { source, calls: () => calls };
}

const page = (index: number, rows: (Invocation | null)[] = []): ListAsyncInvokesPage => ({
  rows,
  nextToken: `t${index}`,
});
const request = { direction: 'DESC', from: 'start', limit: 5, window: {} } as const;

describe('a walk', () => {
  it('hands out a row behind which only empty pages come, and stops on its budget', async () => {
    const { source, calls } = scripted((index) => page(index, index === 0 ? [ROW] : []));
    const { rows, more, searchState } = await readPage(
      [source],
      request,
      (made) => made >= 3,
      call,
    );
    expect(rows.map(({ node }) => node)).toEqual([ROW]);
    expect(more).toBe(true);
    expect(searchState?.checkpoints).toEqual({ scripted: { since: null, token: 't2' } });
    expect(calls()).toBe(3);
  });

  it('ends a search that its budget lets go on, though nothing is ever found', async () => {
    const { source } = scripted((index) => page(index % 7));
    await expect(readPage([source], request, NEVER, call)).rejects.toMatchObject({
      kind: 'invalid_response',
    });
  });

  it('puts right what the upstream sends out of order within a page', async () => {
    const times = [3, 1, 2, 1, 5].map((minute) => NOON + minute * 60_000);
    const rows = times.map((submitTime, id) => invocation('us-east-1', { id, submitTime }));
    const { source } = scripted(() => ({ rows }));
    const { rows: found } = await readPage([source], request, NEVER, call);
    expect(found.map(({ position }) => position.submitTime)).toEqual(
      [...times].sort((a, b) => b - a),
    );
  });

  it('counts a row once that the upstream sends twice', async () => {
    const { source } = scripted((index) => (index === 0 ? page(0, [ROW]) : { rows: [ROW] }));
    const { rows, more } = await readPage([source], request, NEVER, call);
    expect([rows.length, more]).toEqual([1, false]);
  });

  it('asks nobody where nothing can lie between the bounds', async () => {
    const { source, calls } = scripted(() => ({ rows: [] }));
    const bound = { position: { submitTime: NOON, invocationArn: 'a', offset: 0 } };
    const result = await readPage(
      [source],
      { ...request, after: bound, before: bound },
      NEVER,
      call,
    );
    expect([result, calls()]).toEqual([{ rows: [], more: false }, 0]);
  });
});
