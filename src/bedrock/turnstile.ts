/** Lets so many through at one time; of the others, so many may wait. Who gives up waiting makes room at once. */
export class Turnstile {
  readonly #capacity: number;
  readonly #queueCapacity: number;
  #inside = 0;
  readonly #waiting = new Set<() => void>();

  constructor(capacity: number, queueCapacity: number) {
    this.#capacity = capacity;
    this.#queueCapacity = queueCapacity;
  }

  /** @throws {TurnstileFull}, or the signal's reason. */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    await this.#enter(signal);
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  async #enter(signal: AbortSignal): Promise<void> {
    if (this.#inside < this.#capacity) {
      this.#inside += 1;
      return;
    }
    if (this.#waiting.size >= this.#queueCapacity) throw new TurnstileFull();
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
  #leave(): void {
    const [next] = this.#waiting;
    if (next) {
      this.#waiting.delete(next);
      next();
    } else this.#inside -= 1;
  }
}

export class TurnstileFull extends Error {
  override readonly name = 'TurnstileFull';
}
