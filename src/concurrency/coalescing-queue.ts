/**
 * What waits for one reader, who may be slow: of each thing only its latest state, so that a mailbox never holds more than
 * there are things. An async iterator by hand, because a generator that waits cannot be ended.
 */
export class CoalescingQueue<T> implements AsyncGenerator<T, undefined, undefined> {
  readonly #items = new Map<string, T>();
  readonly #pendingReads: PromiseWithResolvers<IteratorResult<T, undefined>>[] = [];
  readonly #closeListeners: (() => void)[] = [];
  #isOpen = true;
  #failure: Error | undefined;

  /** What is to happen once nothing more can be put in, however it comes to that, or has come. */
  onClose(listener: () => void): void {
    if (this.#isOpen) this.#closeListeners.push(listener);
    else listener();
  }

  push(key: string, item: T): void {
    if (!this.#isOpen) return;
    const reader = this.#pendingReads.shift();
    if (reader) {
      reader.resolve({ done: false, value: item });
      return;
    }
    // What is later in the order of changes comes later, also where it takes the place of another.
    this.#items.delete(key);
    this.#items.set(key, item);
  }

  /** Nothing more will be put in; what is in there will still be read. */
  close(failure?: Error): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#failure = failure;
    for (const reader of this.#pendingReads.splice(0))
      this.#finish().then(reader.resolve, reader.reject);
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
    const reader = Promise.withResolvers<IteratorResult<T, undefined>>();
    this.#pendingReads.push(reader);
    return reader.promise;
  }

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

  #finish(): Promise<IteratorResult<T, undefined>> {
    const failure = this.#failure;
    this.#failure = undefined;
    return failure ? Promise.reject(failure) : Promise.resolve(DONE);
  }
}

const DONE = { done: true, value: undefined } as const;
