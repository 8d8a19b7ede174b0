import { InvocationStates } from '../../../src/invocations/changes/invocation-states.ts';
import type { Invocation } from '../../../src/invocations/invocation.ts';
import { arnOf, createInvocation, START, toText } from './feed-harness.ts';

const running = (id: number, change: Partial<Invocation> = {}) =>
  createInvocation(id, 'IN_PROGRESS', change);
const completed = (id: number, change: Partial<Invocation> = {}) =>
  createInvocation(id, 'COMPLETED', change);
const RETENTION_MS = 900_000;

describe('applySnapshot', () => {
  const modified = running(1, { lastModifiedTime: START + 9000 });
  const unknown = createInvocation(1, 'UNKNOWN');

  it.each([
    ['a new invocation', [], [running(1)], [running(1)]],
    ['a new invocation that has already ended', [], [completed(1)], [completed(1)]],
    ['no invocation that is the same', [running(1)], [running(1)], []],
    ['an invocation with another time', [running(1)], [modified], [modified]],
    ['an invocation that has ended', [running(1)], [completed(1)], [completed(1)]],
    ['no running state after the end', [completed(1)], [running(1)], []],
    ['no second end', [completed(1)], [completed(1, { endTime: START })], []],
    ['the change of an unknown status', [unknown], [completed(1)], [completed(1)]],
  ])('returns %s', (_what, before, now, expected) => {
    const states = new InvocationStates();
    states.applySnapshot(before, undefined);
    expect(states.applySnapshot(now, undefined)).toEqual(expected);
  });

  it('returns changes in the order of their last modification, end or submission', () => {
    const changes = [
      running(3),
      completed(1, { lastModifiedTime: null, endTime: START + 2000 }),
      running(1.5, { lastModifiedTime: null, submitTime: START + 2500 }),
      running(2, { lastModifiedTime: START + 1000 }),
    ];
    const states = new InvocationStates();
    const [a, b, c, d] = changes;
    expect(states.applySnapshot(changes, undefined)).toEqual([d, b, c, a]);
  });

  it('tracks which invocations are unfinished', () => {
    const states = new InvocationStates();
    expect([states.isReady, states.hasUnfinished]).toEqual([false, false]);
    states.applySnapshot([running(1), completed(2)], undefined);
    expect([states.isReady, states.hasUnfinished]).toEqual([true, true]);
    expect([...states.unfinished()].map(toText)).toEqual(['1 IN_PROGRESS 1000']);
    states.applySnapshot([completed(1)], undefined);
    expect(states.hasUnfinished).toBe(false);
  });
});

describe('submittedAfter', () => {
  it.each([
    ['undefined before any invocation', [undefined, undefined], undefined],
    ['the newest submit time of the first poll', [START], START],
    ['not before the first poll', [START, START + 5000], START],
    ['ten seconds before the newest submit time', [START, START + 60_000], START + 50_000],
    ['unchanged by a poll without rows', [START, START + 60_000, undefined], START + 50_000],
  ])('is %s', (_what, newestSubmitTimes, expected) => {
    const states = new InvocationStates();
    for (const newest of newestSubmitTimes) states.applySnapshot([], newest);
    expect(states.submittedAfter).toBe(expected);
  });
});

describe('prune', () => {
  const NEWEST = START + 3_600_000;

  it.each([
    ['keeps a recent end', 0, [], true],
    ['keeps an end as long as lists may be stale', RETENTION_MS, [], true],
    ['drops an old end', RETENTION_MS + 1, [], false],
    ['keeps an old end that a subscriber named', RETENTION_MS + 1, [1], true],
  ])('%s', (_what, ageMs, named, isKept) => {
    let now = 5000;
    const states = new InvocationStates(() => now);
    states.applySnapshot([completed(1)], NEWEST);
    now += ageMs;
    states.prune(new Set(named.map(arnOf)));
    expect(states.get(arnOf(1)) !== undefined).toBe(isKept);
  });

  it('keeps an old end that the list of recent invocations still shows', () => {
    let now = 0;
    const states = new InvocationStates(() => now);
    const latest = completed(1);
    states.applySnapshot([latest], latest.submitTime ?? undefined);
    now += RETENTION_MS + 1;
    states.prune(new Set());
    expect(states.get(arnOf(1))).toEqual(latest);
  });

  it('drops a failed lookup that no subscriber names', () => {
    const states = new InvocationStates();
    states.markMissing(arnOf(1));
    states.markMissing(arnOf(2));
    states.prune(new Set([arnOf(1)]));
    expect([states.wasLookedUp(arnOf(1)), states.wasLookedUp(arnOf(2))]).toEqual([true, false]);
  });
});
