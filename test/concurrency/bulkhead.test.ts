import * as fc from 'fast-check';
import { Bulkhead, BulkheadFullError, RateExceededError } from '../../src/concurrency/bulkhead.ts';
import { CallRates, type CallRatesOptions } from '../../src/concurrency/call-rates.ts';

const { signal } = new AbortController();

interface TaskOptions {
  readonly caller?: string;
  readonly signal?: AbortSignal;
  readonly deadline?: number;
}

/** Work that ends when the test says so, and that records when it starts. */
class Task {
  readonly #end = Promise.withResolvers<undefined>();
  readonly result: Promise<string>;
  hasStarted = false;

  constructor(bulkhead: Bulkhead, name: string, started: string[], options: TaskOptions) {
    const context = { caller: 'ada', signal, deadline: Infinity, ...options };
    this.result = bulkhead.run(async () => {
      this.hasStarted = true;
      started.push(name);
      await this.#end.promise;
      return name;
    }, context);
    this.result.catch(() => undefined);
  }

  async finish(): Promise<void> {
    this.#end.resolve(undefined);
    await this.result;
  }

  async fail(): Promise<void> {
    this.#end.reject(new Error('the work failed'));
    await expect(this.result).rejects.toThrow('the work failed');
  }
}

function setUp(capacity: number, queueCapacity: number, rates: CallRatesOptions = {}) {
  const bulkhead = new Bulkhead({ capacity, queueCapacity, rates: new CallRates(rates) });
  const started: string[] = [];
  const run = (name: string, options: TaskOptions = {}) =>
    new Task(bulkhead, name, started, options);
  return { bulkhead, run, started };
}

/** Lets all microtasks run. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('Bulkhead', () => {
  it.each([1, 3])('runs at most %i tasks at one time', async (capacity) => {
    const { run, started } = setUp(capacity, 10);
    const names = ['a', 'b', 'c', 'd', 'e'];
    const tasks = names.map((name) => run(name));
    for (let finished = 0; finished < tasks.length; finished += 1) {
      await settle();
      expect(started).toEqual(names.slice(0, finished + capacity));
      await tasks[finished]?.finish();
    }
  });

  it('starts waiting tasks in the order in which they came', async () => {
    const { run, started } = setUp(1, 10);
    const tasks = ['a', 'b', 'c', 'd'].map((name) => run(name));
    for (const task of tasks) await task.finish();
    expect(started).toEqual(['a', 'b', 'c', 'd']);
  });

  it('passes a free slot to the first waiter and not to a task that comes later', async () => {
    const { run, started } = setUp(1, 10);
    const [a, b] = [run('a'), run('b')];
    // `c` asks for a slot in the turn in which `a` ends.
    const c = a.result.then(() => run('c'));
    await a.finish();
    await b.finish();
    await (await c).finish();
    expect(started).toEqual(['a', 'b', 'c']);
  });

  it('rejects with BulkheadFullError when the queue is full', async () => {
    const { run } = setUp(1, 1);
    const [a, b, c] = [run('a'), run('b'), run('c')];
    await expect(c.result).rejects.toThrow(BulkheadFullError);
    expect(c.hasStarted).toBe(false);
    await a.finish();
    await b.finish();
  });

  it('rejects every task beyond its capacity when it has no queue', async () => {
    const { run } = setUp(1, 0);
    const [a, b] = [run('a'), run('b')];
    await expect(b.result).rejects.toThrow(BulkheadFullError);
    await a.finish();
    await run('c').finish();
  });

  it('frees the queue slot in the moment in which a waiter aborts', async () => {
    const { run, started } = setUp(1, 1);
    const controller = new AbortController();
    const a = run('a');
    const b = run('b', { signal: controller.signal });
    controller.abort(new Error('gone'));
    const c = run('c');
    await expect(b.result).rejects.toThrow('gone');
    await a.finish();
    await c.finish();
    expect(started).toEqual(['a', 'c']);
  });

  it('never runs a waiter that has aborted', async () => {
    const { run } = setUp(1, 5);
    const controller = new AbortController();
    const a = run('a');
    const b = run('b', { signal: controller.signal });
    controller.abort(new Error('gone'));
    await a.finish();
    await settle();
    expect(b.hasStarted).toBe(false);
  });

  it('rejects a task with the reason of a signal that has already aborted', async () => {
    const { run } = setUp(1, 1);
    const task = run('a', { signal: AbortSignal.abort(new Error('gone')) });
    await expect(task.result).rejects.toThrow('gone');
    expect(task.hasStarted).toBe(false);
  });

  it('keeps a slot occupied when the signal of a running task aborts', async () => {
    const { run } = setUp(1, 1);
    const controller = new AbortController();
    const a = run('a', { signal: controller.signal });
    await settle();
    controller.abort(new Error('gone'));
    const b = run('b');
    await settle();
    expect(b.hasStarted).toBe(false);
    await a.finish();
    await b.finish();
  });

  it('releases the slot of a task that throws', async () => {
    const { run, started } = setUp(1, 1);
    const [a, b] = [run('a'), run('b')];
    await a.fail();
    await b.finish();
    await run('c').finish();
    expect(started).toEqual(['a', 'b', 'c']);
  });
});

describe('Bulkhead with several callers', () => {
  const forEach = (caller: string, names: readonly string[], run: (name: string) => Task) =>
    names.map((name) => run(`${caller}${name}`));

  it('starts waiters in turns, so that one of many callers waits for one turn', async () => {
    const { run, started } = setUp(1, 100);
    const many = forEach('a', ['1', '2', '3', '4'], (name) => run(name, { caller: 'ada' }));
    const one = run('b1', { caller: 'bob' });
    const few = forEach('c', ['1', '2'], (name) => run(name, { caller: 'cleo' }));
    for (const task of [many[0], many[1], one, few[0], many[2], few[1], many[3]]) {
      await task?.finish();
    }
    expect(started).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'c2', 'a4']);
  });

  it('starts the n-th waiter of a caller within n rounds, for any order of arrival', async () => {
    const callers = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(callers, async (arrivals) => {
        const { run, started } = setUp(1, 100);
        const first = run('first', { caller: 'z' });
        const tasks = arrivals.map((caller) => run(caller, { caller }));
        await first.finish();
        await Promise.all(tasks.map((task) => task.finish()));
        const order = started.slice(1);
        expect(order.toSorted()).toEqual(arrivals.toSorted());
        const count = new Set(arrivals).size;
        const seen = new Map<string, number>();
        order.forEach((caller, index) => {
          const nth = (seen.get(caller) ?? 0) + 1;
          seen.set(caller, nth);
          expect(index).toBeLessThan(nth * count);
        });
      }),
      { numRuns: 50 },
    );
  });

  it('gives a caller the whole capacity while no other caller waits', async () => {
    const { run, started } = setUp(4, 10);
    for (const name of ['1', '2', '3', '4', '5']) run(name);
    await settle();
    expect(started).toEqual(['1', '2', '3', '4']);
  });

  it('gives a caller half of the capacity while others wait', async () => {
    const { run, started } = setUp(4, 10);
    const ada = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6'].map((name) => run(name));
    for (const name of ['b1', 'b2', 'b3']) run(name, { caller: 'bob' });
    await ada[0]?.finish();
    await ada[1]?.finish();
    await settle();
    expect(started.slice(4)).toEqual(['b1', 'b2']);
    await ada[2]?.finish();
    await settle();
    expect(started.slice(6)).toEqual(['a5']);
  });

  it('rejects the newest waiter of the longest queue when the queue is full', async () => {
    const { run, started } = setUp(1, 4);
    const ada = ['a1', 'a2', 'a3', 'a4', 'a5'].map((name) => run(name));
    const bob = run('b1', { caller: 'bob' });
    await expect(ada[4]?.result).rejects.toThrow(BulkheadFullError);
    await ada[0]?.finish();
    await ada[1]?.finish();
    await bob.finish();
    expect(started.slice(0, 3)).toEqual(['a1', 'a2', 'b1']);
  });

  it('rejects the newcomer when all callers have as many waiters', async () => {
    const { run, bulkhead } = setUp(1, 2);
    run('a1');
    run('a2');
    run('b1', { caller: 'bob' });
    await expect(run('c1', { caller: 'cleo' }).result).rejects.toThrow(BulkheadFullError);
    expect(bulkhead.queueLength).toBe(2);
  });
});

describe('Bulkhead with rates', () => {
  /** Runs tasks that end at once, and returns when each of them started. */
  const runAll = async (bulkhead: Bulkhead, caller: string, count: number, deadline = Infinity) => {
    const startTimes: number[] = [];
    const work = () => {
      startTimes.push(performance.now());
      return Promise.resolve();
    };
    const results = await Promise.allSettled(
      Array.from({ length: count }, () => bulkhead.run(work, { caller, signal, deadline })),
    );
    const rejected = results.filter((result) => result.status === 'rejected');
    return { startTimes, reasons: rejected.map(({ reason }) => reason as Error) };
  };

  it('starts the burst at once and the rest at the rate', async () => {
    const { bulkhead } = setUp(10, 1000, { perSecondPerCaller: 50 });
    const start = performance.now();
    const { startTimes } = await runAll(bulkhead, 'ada', 210);
    // 200 are the burst. The other 10 take 20 ms each.
    expect(startTimes).toHaveLength(210);
    expect((startTimes.at(-1) ?? 0) - start).toBeGreaterThanOrEqual(195);
  });

  it('rejects at once what the rate would start after the deadline', async () => {
    const { bulkhead } = setUp(10, 100, { perSecondPerCaller: 1 });
    await runAll(bulkhead, 'ada', 4);
    const { reasons } = await runAll(bulkhead, 'ada', 1, performance.now() + 500);
    expect(reasons).toHaveLength(1);
    const [reason] = reasons;
    if (!(reason instanceof RateExceededError)) throw reason ?? new Error('not rejected');
    expect(reason.delay.rate).toBe('caller');
    expect(reason.delay.ms).toBeGreaterThan(500);
    expect(reason.delay.ms).toBeLessThanOrEqual(1000);
    expect(bulkhead.queueLength).toBe(0);
  });

  it('counts the calls that wait before, of all callers for the common rate', async () => {
    const { bulkhead, run } = setUp(10, 100, { perSecond: 1 });
    await runAll(bulkhead, 'ada', 2);
    run('a', { caller: 'ada' });
    run('b', { caller: 'bob' });
    const { reasons } = await runAll(bulkhead, 'cleo', 1, performance.now() + 2000);
    expect(reasons[0]).toMatchObject({ delay: { rate: 'all' } });
  });

  it('starts a caller with calls left while another caller waits for its rate', async () => {
    const { bulkhead, run } = setUp(10, 100, { perSecondPerCaller: 1 });
    await runAll(bulkhead, 'ada', 4);
    const waiting = run('a5');
    const other = run('b1', { caller: 'bob' });
    await settle();
    expect([waiting.hasStarted, other.hasStarted]).toEqual([false, true]);
  });

  it('applies only the common rate to shared callers', async () => {
    const sharedCallers = new Set(['router']);
    const { bulkhead } = setUp(100, 100, { perSecond: 50, perSecondPerCaller: 1, sharedCallers });
    const { startTimes } = await runAll(bulkhead, 'router', 100, performance.now());
    expect(startTimes).toHaveLength(100);
  });
});
