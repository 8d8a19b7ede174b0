/**
 * A queue that takes turns between keys: `shift` returns the oldest item of the key whose turn it
 * is, so that a key with many items does not delay the others.
 */
export class RoundRobinQueue<T> {
  /** The first key has the next turn. */
  readonly #queues = new Map<string, Set<T>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Returns how many items of a key are waiting. */
  sizeOf(key: string): number {
    return this.#queues.get(key)?.size ?? 0;
  }

  /** Adds an item. Does nothing when the key has the same item in the queue. */
  push(key: string, item: T): void {
    const queue = this.#queues.get(key);
    if (queue?.has(item)) return;
    if (queue) queue.add(item);
    else this.#queues.set(key, new Set([item]));
    this.#size += 1;
  }

  /** Removes and returns the next item. Returns undefined when the queue is empty. */
  shift(): T | undefined {
    for (const [key, queue] of this.#queues) {
      for (const item of queue) {
        this.#queues.delete(key);
        queue.delete(item);
        // The key goes to the end of the round.
        if (queue.size > 0) this.#queues.set(key, queue);
        this.#size -= 1;
        return item;
      }
    }
    return undefined;
  }

  /** Removes an item that will not wait any longer. Does nothing when it is not in the queue. */
  remove(key: string, item: T): void {
    const queue = this.#queues.get(key);
    if (!queue?.delete(item)) return;
    if (queue.size === 0) this.#queues.delete(key);
    this.#size -= 1;
  }
}
