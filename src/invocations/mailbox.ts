/**
 * What waits for one reader, who may be slow: of each thing only its latest state, so that a mailbox never holds more than
 * there are things. An async iterator by hand, because a generator that waits cannot be ended.
 */
export class Mailbox<T> implements AsyncGenerator<T, undefined, undefined> {
  readonly #waiting = new Map<string, T>();
  readonly #readers: PromiseWithResolvers<IteratorResult<T, undefined>>[] = [];
  readonly #endings: (() => void)[] = [];
  #isOpen = true;
  #failure: Error | undefined;

  /** What is to happen once nothing more can be put in, however it comes to that, or has come. */
  onEnd(ending: () => void): void {
    if (this.#isOpen) this.#endings.push(ending);
    else ending();
  }

  put(name: string, thing: T): void {
    if (!this.#isOpen) return;
    const reader = this.#readers.shift();
    if (reader) {
      reader.resolve({ done: false, value: thing });
      return;
    }
    // What is later in the order of changes comes later, also where it takes the place of another.
    this.#waiting.delete(name);
    this.#waiting.set(name, thing);
  }

  /** Nothing more will be put in; what is in there will still be read. */
  end(failure?: Error): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#failure = failure;
    for (const reader of this.#readers.splice(0)) this.#last().then(reader.resolve, reader.reject);
    for (const ending of this.#endings) ending();
  }

  next(): Promise<IteratorResult<T, undefined>> {
    const [first] = this.#waiting;
    if (first) {
      const [name, value] = first;
      this.#waiting.delete(name);
      return Promise.resolve({ done: false, value });
    }
    if (!this.#isOpen) return this.#last();
    const reader = Promise.withResolvers<IteratorResult<T, undefined>>();
    this.#readers.push(reader);
    return reader.promise;
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#waiting.clear();
    this.end();
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

  #last(): Promise<IteratorResult<T, undefined>> {
    const failure = this.#failure;
    this.#failure = undefined;
    return failure ? Promise.reject(failure) : Promise.resolve(DONE);
  }
}

const DONE = { done: true, value: undefined } as const;
