/**
 * A token bucket: it gains tokens at a constant rate, up to its capacity. Tokens may be taken in
 * advance, and then new tokens pay the debt first. Times are in milliseconds, and never go back.
 */
export class TokenBucket {
  readonly #msPerToken: number;
  readonly #capacityMs: number;
  /** When the bucket is full, if no more tokens are taken. */
  #fullAt = -Infinity;

  constructor(tokensPerSecond: number, capacity: number) {
    this.#msPerToken = 1000 / tokensPerSecond;
    this.#capacityMs = capacity * this.#msPerToken;
  }

  isFull(now: number): boolean {
    return this.#fullAt <= now;
  }

  /** Returns the milliseconds until the bucket has gained this number of tokens. */
  waitMs(tokens: number, now: number): number {
    const missingMs = Math.max(0, this.#fullAt - now);
    return Math.max(0, missingMs + tokens * this.#msPerToken - this.#capacityMs);
  }

  /** Takes tokens, or returns them when the number is negative. */
  take(tokens: number, now: number): void {
    this.#fullAt = Math.max(this.#fullAt, now) + tokens * this.#msPerToken;
  }
}
