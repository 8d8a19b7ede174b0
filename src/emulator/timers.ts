/** Delays that end with the emulator: the only timers it has, and none of them changes a job. */
export class Timers {
  readonly #pending = new Set<NodeJS.Timeout>();

  /** Resolves after the delay; never, once the timers are cleared. No time at all is no timer. */
  async delay(milliseconds: number): Promise<void> {
    if (milliseconds <= 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.#pending.delete(timer);
        resolve();
      }, milliseconds);
      this.#pending.add(timer);
    });
  }

  clear(): void {
    for (const timer of this.#pending) clearTimeout(timer);
    this.#pending.clear();
  }
}
