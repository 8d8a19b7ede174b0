import { TurnQuota } from '../../src/concurrency/turn-quota.ts';

/** Records in which turn of the event loop each task starts. */
function setUp(max: number) {
  const quota = new TurnQuota(max);
  const turns: Record<string, number> = {};
  let turn = 0;
  const count = () => {
    turn += 1;
    if (turn < 10) setImmediate(count);
  };
  setImmediate(count);
  const start = async (name: string) => {
    await quota.wait(name.charAt(0));
    turns[name] = turn;
  };
  return { quota, turns, start };
}

describe('TurnQuota', () => {
  it('a key starts a few tasks in one turn, and the rest in the next turns, in order', async () => {
    const { turns, start } = setUp(2);
    await Promise.all(['a1', 'a2', 'a3', 'a4', 'a5', 'b1'].map(start));
    expect([turns.a1, turns.a2, turns.b1]).toEqual([0, 0, 0]);
    expect([turns.a3, turns.a4]).toEqual([1, 1]);
    expect(turns.a5).toBe(2);
  });

  it('a task that does not need to wait gets no promise', async () => {
    const { quota } = setUp(1);
    expect(quota.wait('a')).toBeUndefined();
    expect(quota.wait('b')).toBeUndefined();
    const waiting = quota.wait('a');
    expect(waiting).toBeInstanceOf(Promise);
    await waiting;
    // The task that waited has used the quota of this turn.
    expect(quota.wait('a')).toBeInstanceOf(Promise);
  });

  it('a turn later, the quota is whole again', async () => {
    const { quota } = setUp(1);
    expect(quota.wait('a')).toBeUndefined();
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(quota.wait('a')).toBeUndefined();
  });
});
