/** Delays that end with the emulator. The emulator has no other timers; jobs follow the clock. */
export class Timers {
  readonly #pending = new Set<NodeJS.Timeout>();

  /**
   * Resolves after the delay, or never once the timers are cleared. A delay of 0 resolves
   * immediately, without a timer.
   */
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
