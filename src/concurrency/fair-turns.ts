import { RoundRobinQueue } from './round-robin-queue.ts';

/** Shorter tasks need no pause after them. */
const SHORT_MS = 1;

/**
 * Runs synchronous tasks that keep the CPU busy, one at a time. Keys take turns, and after each
 * task comes a pause of the same length, so that half of the time is left for everything else.
 */
export class FairTurns {
  readonly #waiting = new RoundRobinQueue<() => void>();
  #isPausing = false;

  /** Returns the number of tasks of a key that wait for their turn. */
  waitingOf(key: string): number {
    return this.#waiting.sizeOf(key);
  }

  /** Returns what the task returns, or rejects with what it throws. */
  run<T>(key: string, task: () => T): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#waiting.push(key, () => {
      try {
        resolve(task());
      } catch (error) {
        reject(error);
      }
    });
    if (!this.#isPausing) this.#runNext();
    return promise;
  }

  #runNext(): void {
    const task = this.#waiting.shift();
    this.#isPausing = task !== undefined;
    if (!task) return;
    const startedAt = performance.now();
    task();
    const durationMs = performance.now() - startedAt;
    const next = () => {
      this.#runNext();
    };
    if (durationMs < SHORT_MS) setImmediate(next);
    else setTimeout(next, durationMs);
  }
}
