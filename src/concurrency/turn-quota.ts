/**
 * Lets each key start a few tasks in one turn of the event loop. Further tasks wait for the next
 * turns, so that a key with many tasks makes no turn long. No time is lost: while tasks wait, turns
 * follow each other at once.
 */
export class TurnQuota {
  readonly #max: number;
  readonly #started = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();
  #isScheduled = false;

  /** @param max how many tasks of one key start in one turn. */
  constructor(max: number) {
    this.#max = max;
  }

  /** Returns undefined if the task may start now, else a promise that resolves in its turn. */
  wait(key: string): Promise<void> | undefined {
    this.#schedule();
    if (this.#tryStart(key)) return undefined;
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(key);
      if (waiting) waiting.push(resolve);
      else this.#waiting.set(key, [resolve]);
    });
  }

  #tryStart(key: string): boolean {
    const started = this.#started.get(key) ?? 0;
    if (started >= this.#max) return false;
    this.#started.set(key, started + 1);
    return true;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#startWaiting();
    });
  }

  #startWaiting(): void {
    this.#started.clear();
    for (const [key, waiting] of this.#waiting) {
      const next = waiting.splice(0, this.#max);
      if (waiting.length === 0) this.#waiting.delete(key);
      this.#started.set(key, next.length);
      for (const start of next) start();
    }
    if (this.#started.size > 0) this.#schedule();
  }
}
