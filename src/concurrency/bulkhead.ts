/**
 * Limits concurrency, with a bounded queue. An aborted waiter frees its queue slot immediately.
 * Waiters run in the order in which they arrived.
 */
export class Bulkhead {
  readonly #capacity: number;
  readonly #queueCapacity: number;
  readonly #waiting = new Set<() => void>();
  #active = 0;

  constructor(capacity: number, queueCapacity: number) {
    this.#capacity = capacity;
    this.#queueCapacity = queueCapacity;
  }

  /** @throws {BulkheadFullError} when the queue is full, or the signal's reason when it aborts. */
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
    const start = () => {
      resolve(undefined);
    };
    const onAbort = () => {
      this.#waiting.delete(start);
      reject(signal.reason as Error);
    };
    this.#waiting.add(start);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Passes the slot on to the first waiter, so that a newcomer cannot take it first. */
  #release(): void {
    const [next] = this.#waiting;
    if (next) {
      this.#waiting.delete(next);
      next();
    } else this.#active -= 1;
  }
}

export class BulkheadFullError extends Error {
  override readonly name = 'BulkheadFullError';

  constructor() {
    super('the bulkhead queue is full');
  }
}
