import { FairTurns } from '../../src/concurrency/fair-turns.ts';

function keepBusy(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe('FairTurns', () => {
  it('a task without others before it runs at once', () => {
    const turns = new FairTurns();
    let hasRun = false;
    void turns.run('a', () => (hasRun = true));
    expect(hasRun).toBe(true);
  });

  it('keys take turns, and each task has a separate turn of the event loop', async () => {
    const turns = new FairTurns();
    const events: string[] = [];
    const run = (name: string) =>
      turns.run(name.charAt(0), () => {
        events.push(name);
        setImmediate(() => events.push('other'));
      });
    await Promise.all(['a1', 'a2', 'a3', 'b1'].map(run));
    expect(events.filter((event) => event !== 'other')).toEqual(['a1', 'a2', 'b1', 'a3']);
    expect(events.slice(0, 3)).toEqual(['a1', 'other', 'a2']);
  });

  it('after a long task, other work has as much time as the task took', async () => {
    const turns = new FairTurns();
    const times: number[] = [];
    const run = () =>
      turns.run('a', () => {
        times.push(performance.now());
        keepBusy(30);
        times.push(performance.now());
      });
    await Promise.all([run(), run()]);
    const [, end = 0, nextStart = 0] = times;
    expect(nextStart - end).toBeGreaterThan(25);
  });

  it('a task that throws rejects its promise, and the next one runs', async () => {
    const turns = new FairTurns();
    const failed = turns.run('a', () => {
      throw new Error('the task failed');
    });
    const next = turns.run('a', () => 'done');
    await expect(failed).rejects.toThrow('the task failed');
    await expect(next).resolves.toBe('done');
    expect(turns.waitingOf('a')).toBe(0);
  });
});
