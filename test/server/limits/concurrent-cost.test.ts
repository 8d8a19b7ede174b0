import { ConcurrentCost } from '../../../src/server/limits/concurrent-cost.ts';

function setUp(max: number) {
  const concurrentCost = new ConcurrentCost(max);
  const started: string[] = [];
  const start = async (name: string, cost: number, signal = new AbortController().signal) => {
    const release = await concurrentCost.acquire(name.charAt(0), cost, signal);
    started.push(name);
    return release;
  };
  return { start, started };
}

/** Lets all microtasks run. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('ConcurrentCost', () => {
  it('operations run at the same time up to the maximum of their caller, and the rest in order', async () => {
    const { start, started } = setUp(10);
    const first = await start('a1', 6);
    const second = await start('a2', 4);
    const waiting = [start('a3', 8), start('a4', 1)];
    void start('b1', 10);
    await settle();
    expect(started).toEqual(['a1', 'a2', 'b1']);
    second();
    await settle();
    expect(started).toEqual(['a1', 'a2', 'b1']);
    first();
    await Promise.all(waiting);
    expect(started).toEqual(['a1', 'a2', 'b1', 'a3', 'a4']);
  });

  it('an operation above the maximum runs alone', async () => {
    const { start, started } = setUp(10);
    const release = await start('a1', 25);
    const next = start('a2', 1);
    await settle();
    expect(started).toEqual(['a1']);
    release();
    (await next)();
    expect(started).toEqual(['a1', 'a2']);
  });

  it('an operation that is aborted while it waits lets the next one run', async () => {
    const { start, started } = setUp(10);
    await start('a1', 5);
    const controller = new AbortController();
    const large = start('a2', 8, controller.signal);
    const small = start('a3', 5);
    controller.abort(new Error('the deadline has passed'));
    await expect(large).rejects.toThrow('the deadline has passed');
    await small;
    expect(started).toEqual(['a1', 'a3']);
    await expect(start('a4', 1, controller.signal)).rejects.toThrow('the deadline has passed');
  });
});
