import { RoundRobinQueue } from '../../src/concurrency/round-robin-queue.ts';

function drain<T>(queue: RoundRobinQueue<T>): T[] {
  const items: T[] = [];
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) items.push(item);
  return items;
}

describe('RoundRobinQueue', () => {
  it('keys take turns, and the items of one key keep their order', () => {
    const queue = new RoundRobinQueue<string>();
    for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'b2']) queue.push(item.charAt(0), item);
    expect([queue.size, queue.sizeOf('a'), queue.sizeOf('d')]).toEqual([6, 3, 0]);
    expect(drain(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
    expect([queue.size, queue.sizeOf('a')]).toEqual([0, 0]);
  });

  it('a key that was just served waits for the others, also when it was empty in between', () => {
    const queue = new RoundRobinQueue<string>();
    queue.push('a', 'a1');
    queue.push('b', 'b1');
    expect(queue.shift()).toBe('a1');
    queue.push('a', 'a2');
    expect(drain(queue)).toEqual(['b1', 'a2']);
  });

  it('a removed item is not returned, and removing it again has no effect', () => {
    const queue = new RoundRobinQueue<string>();
    queue.push('a', 'a1');
    queue.push('a', 'a2');
    queue.push('b', 'b1');
    queue.remove('a', 'a1');
    queue.remove('a', 'a1');
    queue.remove('b', 'b1');
    expect(queue.size).toBe(1);
    expect(drain(queue)).toEqual(['a2']);
  });
});
