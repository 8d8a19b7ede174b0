/** Lets so many through at one time; of the others, so many may wait. Who gives up waiting makes room at once. */
export class Bulkhead {
  readonly #capacity: number;
  readonly #queueCapacity: number;
  #active = 0;
  readonly #waiting = new Set<() => void>();

  constructor(capacity: number, queueCapacity: number) {
    this.#capacity = capacity;
    this.#queueCapacity = queueCapacity;
  }

  /** @throws {BulkheadFullError}, or the signal's reason. */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    await this.#acquire(signal);
    try {
      return await work();
    } finally {
      this.#release();
    }
  }

  async #acquire(signal: AbortSignal): Promise<void> {
    if (this.#active < this.#capacity) {
      this.#active += 1;
      return;
    }
    if (this.#waiting.size >= this.#queueCapacity) throw new BulkheadFullError();
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const turn = () => {
      resolve(undefined);
    };
    const giveUp = () => {
      this.#waiting.delete(turn);
      reject(signal.reason as Error);
    };
    this.#waiting.add(turn);
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** Whoever waits longest takes the place over, so that nobody new gets in between. */
  #release(): void {
    const [next] = this.#waiting;
    if (next) {
      this.#waiting.delete(next);
      next();
    } else this.#active -= 1;
  }
}

export class BulkheadFullError extends Error {
  override readonly name = 'TurnstileFull';
}
