import { Shares } from '../../concurrency/shares.ts';

type Release = () => void;

interface Waiter {
  readonly cost: number;
  readonly start: (release: Release) => void;
}

/**
 * Limits the cost of the operations of one caller that run at the same time. Further operations
 * wait in the order in which they arrived, so that the work of one caller does not fill the event
 * loop.
 */
export class ConcurrentCost {
  readonly #max: number;
  readonly #running: Shares;
  readonly #waiting = new Map<string, Set<Waiter>>();

  constructor(max: number) {
    this.#max = max;
    this.#running = new Shares(max);
  }

  /**
   * Waits until the operation may run. Returns a function that must be called when it has ended. An
   * operation above the maximum runs alone.
   *
   * @throws the signal's reason when it aborts.
   */
  async acquire(identity: string, cost: number, signal: AbortSignal): Promise<Release> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Release>();
    const waiter = { cost: Math.min(cost, this.#max), start: resolve };
    this.#waitersOf(identity).add(waiter);
    this.#startWaiters(identity);
    const onAbort = () => {
      this.#waiting.get(identity)?.delete(waiter);
      this.#startWaiters(identity);
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  #waitersOf(identity: string): Set<Waiter> {
    let waiters = this.#waiting.get(identity);
    if (!waiters) this.#waiting.set(identity, (waiters = new Set()));
    return waiters;
  }

  #startWaiters(identity: string): void {
    const waiters = this.#waiting.get(identity);
    for (const waiter of waiters ?? []) {
      const release = this.#running.acquire(identity, waiter.cost);
      if (!release) return;
      waiters?.delete(waiter);
      waiter.start(() => {
        release();
        this.#startWaiters(identity);
      });
    }
    if (waiters?.size === 0) this.#waiting.delete(identity);
  }
}
