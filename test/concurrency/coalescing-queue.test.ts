import { CoalescingQueue } from '../../src/concurrency/coalescing-queue.ts';

const DONE = { done: true, value: undefined };

async function readAll(queue: CoalescingQueue<string>): Promise<string[]> {
  const values: string[] = [];
  for await (const value of queue) values.push(value);
  return values;
}

describe('CoalescingQueue', () => {
  it('returns values in order, to a reader that waits and to one that comes later', async () => {
    const queue = new CoalescingQueue<string>();
    const first = queue.next();
    queue.push('a', 'a1');
    queue.push('b', 'b1');
    queue.close();
    expect((await first).value).toBe('a1');
    expect(await readAll(queue)).toEqual(['b1']);
  });

  it('keeps the latest value per key, in the order of the latest changes', async () => {
    const queue = new CoalescingQueue<string>();
    for (const value of ['a1', 'b1', 'c1', 'b2', 'a2']) queue.push(value.charAt(0), value);
    queue.close();
    expect(await readAll(queue)).toEqual(['c1', 'b2', 'a2']);
  });

  it('ends every pending read when it is closed, and every later read', async () => {
    const queue = new CoalescingQueue<string>();
    const pending = [queue.next(), queue.next()];
    queue.close();
    expect(await Promise.all(pending)).toEqual([DONE, DONE]);
    queue.push('a', 'too late');
    expect(await queue.next()).toEqual(DONE);
  });

  it('rejects once with its failure, after the values pushed before', async () => {
    const queue = new CoalescingQueue<string>();
    queue.push('a', 'a1');
    queue.close(new Error('refused'));
    expect((await queue.next()).value).toBe('a1');
    await expect(queue.next()).rejects.toThrow('refused');
    expect(await queue.next()).toEqual(DONE);
  });

  it('ends a pending read and calls the close listeners once when the reader returns', async () => {
    const queue = new CoalescingQueue<string>();
    const pending = queue.next();
    let closeCalls = 0;
    queue.onClose(() => (closeCalls += 1));
    await queue.return();
    expect(await pending).toEqual(DONE);
    expect(closeCalls).toBe(1);
    queue.close();
    expect(closeCalls).toBe(1);
  });

  it('calls a close listener at once when the queue is already closed', () => {
    const queue = new CoalescingQueue<string>();
    queue.close();
    let closeCalls = 0;
    queue.onClose(() => (closeCalls += 1));
    expect(closeCalls).toBe(1);
  });
});
