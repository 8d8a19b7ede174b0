import { Bulkhead, BulkheadFullError } from '../../src/concurrency/bulkhead.ts';

const { signal } = new AbortController();

/** Work that ends when the test says so, and that records when it starts. */
class Task {
  readonly #end = Promise.withResolvers<undefined>();
  readonly result: Promise<string>;
  hasStarted = false;

  constructor(bulkhead: Bulkhead, name: string, started: string[], taskSignal = signal) {
    this.result = bulkhead.run(async () => {
      this.hasStarted = true;
      started.push(name);
      await this.#end.promise;
      return name;
    }, taskSignal);
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

function setUp(capacity: number, queueCapacity: number) {
  const bulkhead = new Bulkhead(capacity, queueCapacity);
  const started: string[] = [];
  const run = (name: string, taskSignal?: AbortSignal) =>
    new Task(bulkhead, name, started, taskSignal);
  return { run, started };
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
    const b = run('b', controller.signal);
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
    const b = run('b', controller.signal);
    controller.abort(new Error('gone'));
    await a.finish();
    await settle();
    expect(b.hasStarted).toBe(false);
  });

  it('rejects a task with the reason of a signal that has already aborted', async () => {
    const { run } = setUp(1, 1);
    const task = run('a', AbortSignal.abort(new Error('gone')));
    await expect(task.result).rejects.toThrow('gone');
    expect(task.hasStarted).toBe(false);
  });

  it('keeps a slot occupied when the signal of a running task aborts', async () => {
    const { run } = setUp(1, 1);
    const controller = new AbortController();
    const a = run('a', controller.signal);
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
