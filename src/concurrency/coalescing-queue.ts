/**
 * A queue for one slow reader that keeps only the latest value per key, so its length is bounded by
 * the number of keys. It implements the async iterator protocol by hand, because a generator that
 * waits in an `await` cannot be ended by `return()`.
 */
export class CoalescingQueue<T> implements AsyncGenerator<T, undefined, undefined> {
  readonly #items = new Map<string, T>();
  readonly #pendingReads: PromiseWithResolvers<IteratorResult<T, undefined>>[] = [];
  readonly #closeListeners: (() => void)[] = [];
  #isOpen = true;
  #failure: Error | undefined;

  /** Calls the listener once the queue is closed; at once if it already is. */
  onClose(listener: () => void): void {
    if (this.#isOpen) this.#closeListeners.push(listener);
    else listener();
  }

  /** Adds a value, or replaces the waiting value of the same key. Ignored once closed. */
  push(key: string, value: T): void {
    if (!this.#isOpen) return;
    const read = this.#pendingReads.shift();
    if (read) {
      read.resolve({ done: false, value });
      return;
    }
    // Re-insert, so that the iteration order follows the latest change.
    this.#items.delete(key);
    this.#items.set(key, value);
  }

  /** Accepts no more values. The reader still gets the waiting values, and then the failure. */
  close(failure?: Error): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#failure = failure;
    for (const read of this.#pendingReads.splice(0)) this.#finish().then(read.resolve, read.reject);
    for (const listener of this.#closeListeners) listener();
  }

  next(): Promise<IteratorResult<T, undefined>> {
    const [first] = this.#items;
    if (first) {
      const [key, value] = first;
      this.#items.delete(key);
      return Promise.resolve({ done: false, value });
    }
    if (!this.#isOpen) return this.#finish();
    const read = Promise.withResolvers<IteratorResult<T, undefined>>();
    this.#pendingReads.push(read);
    return read.promise;
  }

  /** Drops the waiting values and closes the queue without a failure. */
  return(): Promise<IteratorResult<T, undefined>> {
    this.#items.clear();
    this.close();
    this.#failure = undefined;
    return Promise.resolve(DONE);
  }

  throw(error: unknown): Promise<IteratorResult<T, undefined>> {
    void this.return();
    return Promise.reject(error instanceof Error ? error : new Error(String(error)));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** Returns the end of the iteration. The failure is reported once. */
  #finish(): Promise<IteratorResult<T, undefined>> {
    const failure = this.#failure;
    this.#failure = undefined;
    return failure ? Promise.reject(failure) : Promise.resolve(DONE);
  }
}

const DONE = { done: true, value: undefined } as const;
