import { UNBOUNDED as call } from '../harness/call.ts';
import type { Invocation } from '../../src/invocations/invocation.ts';
import type { InvocationSource, SourcePage } from '../../src/invocations/source.ts';
import { walk } from '../../src/invocations/walk.ts';
import { invocation } from '../harness/memory-source.ts';

const NOON = Date.UTC(2026, 0, 1, 12);
const ROW = invocation('us-east-1', { id: 1, submitTime: NOON });
const NEVER = () => false;

/** An upstream that answers with these pages, whatever it is asked. */
function scripted(pages: (index: number) => SourcePage) {
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

const page = (index: number, rows: (Invocation | null)[] = []): SourcePage => ({
  rows,
  nextToken: `t${index}`,
});
const request = { direction: 'DESC', from: 'start', limit: 5, window: {} } as const;

describe('a walk', () => {
  it('hands out a row behind which only empty pages come, and stops on its budget', async () => {
    const { source, calls } = scripted((index) => page(index, index === 0 ? [ROW] : []));
    const { rows, more, scan } = await walk([source], request, (made) => made >= 3, call);
    expect(rows.map(({ node }) => node)).toEqual([ROW]);
    expect(more).toBe(true);
    expect(scan?.resumptions).toEqual({ scripted: { since: null, token: 't2' } });
    expect(calls()).toBe(3);
  });

  it('ends a search that its budget lets go on, though nothing is ever found', async () => {
    const { source } = scripted((index) => page(index % 7));
    await expect(walk([source], request, NEVER, call)).rejects.toMatchObject({
      kind: 'unreadable',
    });
  });

  it('puts right what the upstream sends out of order within a page', async () => {
    const times = [3, 1, 2, 1, 5].map((minute) => NOON + minute * 60_000);
    const rows = times.map((submitTime, id) => invocation('us-east-1', { id, submitTime }));
    const { source } = scripted(() => ({ rows }));
    const { rows: found } = await walk([source], request, NEVER, call);
    expect(found.map(({ place }) => place.submitTime)).toEqual([...times].sort((a, b) => b - a));
  });

  it('counts a row once that the upstream sends twice', async () => {
    const { source } = scripted((index) => (index === 0 ? page(0, [ROW]) : { rows: [ROW] }));
    const { rows, more } = await walk([source], request, NEVER, call);
    expect([rows.length, more]).toEqual([1, false]);
  });

  it('asks nobody where nothing can lie between the bounds', async () => {
    const { source, calls } = scripted(() => ({ rows: [] }));
    const bound = { place: { submitTime: NOON, invocationArn: 'a', offset: 0 } };
    const result = await walk([source], { ...request, after: bound, before: bound }, NEVER, call);
    expect([result, calls()]).toEqual([{ rows: [], more: false }, 0]);
  });
});
