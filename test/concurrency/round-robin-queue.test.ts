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

describe('RoundRobinQueue with keys that are not ready', () => {
  const filled = (...items: string[]) => {
    const queue = new RoundRobinQueue<string>();
    for (const item of items) queue.push(item.charAt(0), item);
    return queue;
  };

  it('skips a key that is not ready, which keeps its turn', () => {
    const queue = filled('a1', 'b1', 'b2', 'c1');
    expect(queue.shift((key) => key !== 'a')).toBe('b1');
    expect(queue.shift(() => false)).toBeUndefined();
    expect([...queue.keys()]).toEqual(['a', 'c', 'b']);
    expect(drain(queue)).toEqual(['a1', 'c1', 'b2']);
  });

  it('counts the items of the next rounds', () => {
    const queue = filled('a1', 'a2', 'a3', 'b1');
    expect([0, 1, 2, 9].map((rounds) => queue.sizeOfRounds(rounds))).toEqual([0, 2, 3, 4]);
  });

  it('removes the newest item of the longest key, and of the preferred one among equals', () => {
    const queue = filled('a1', 'a2', 'b1', 'c1', 'c2');
    expect(queue.popLongest('b')).toBe('a2');
    expect(queue.popLongest('b')).toBe('c2');
    expect(queue.popLongest('b')).toBe('b1');
    expect(queue.has('b', 'b1')).toBe(false);
    expect(drain(queue)).toEqual(['a1', 'c1']);
    expect(queue.popLongest('a')).toBeUndefined();
  });
});
