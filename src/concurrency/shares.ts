/**
 * Counts how much of a resource each key holds, and limits what one key may hold. A key that holds
 * nothing uses no memory.
 */
export class Shares {
  readonly #max: number;
  readonly #held = new Map<string, number>();
  #total = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** The amount that all keys hold together. */
  get total(): number {
    return this.#total;
  }

  /** The number of keys that hold something. */
  get keys(): number {
    return this.#held.size;
  }

  held(key: string): number {
    return this.#held.get(key) ?? 0;
  }

  /**
   * Adds an amount to what a key holds. Returns a function that gives it back, which has no effect
   * when called again, or undefined when the key would hold more than the maximum.
   */
  acquire(key: string, amount = 1): (() => void) | undefined {
    if (this.held(key) + amount > this.#max) return undefined;
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
