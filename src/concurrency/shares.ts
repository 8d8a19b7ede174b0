/** Counts how much of a resource each key holds. A key that holds nothing uses no memory. */
export class Shares {
  readonly #max: number;
  readonly #held = new Map<string, number>();
  #total = 0;

  /** @param max how much one key may hold. */
  constructor(max: number) {
    this.#max = max;
  }

  /** The amount that all keys hold together. */
  get total(): number {
    return this.#total;
  }

  held(key: string): number {
    return this.#held.get(key) ?? 0;
  }

  /** Returns whether another key holds more, on average over all other keys. */
  isBelowOthers(key: string): boolean {
    const held = this.held(key);
    const otherKeys = this.#held.size - (held > 0 ? 1 : 0);
    return otherKeys > 0 && (this.#total - held) / otherKeys > held;
  }

  /**
   * Adds an amount to what a key holds. Returns a function that gives it back, which has no effect
   * when called again, or undefined when the key would hold more than `max`.
   */
  acquire(key: string, amount = 1, max = this.#max): (() => void) | undefined {
    if (this.held(key) + amount > max) return undefined;
    this.#add(key, amount);
    let isHeld = true;
    return () => {
      if (isHeld) this.#add(key, -amount);
      isHeld = false;
    };
  }

  #add(key: string, amount: number): void {
    this.#total += amount;
    const held = this.held(key) + amount;
    if (held > 0) this.#held.set(key, held);
    else this.#held.delete(key);
  }
}
