import { LRUCache } from 'lru-cache';

/** Short, because others than this gateway may create the invocation at any time. */
const MAX_TTL_MS = 5000;
/** An ARN of an invocation has about 100 characters, so this is about a megabyte. */
const MAX_ARNS = 10_000;

/** Remembers for a moment that invocations do not exist. Times are those of `performance.now()`. */
export class NotFoundCache {
  /** The time of the response, by ARN. */
  readonly #readAt: LRUCache<string, number>;
  #invalidatedAt = -Infinity;

  constructor(ttlMs: number) {
    this.#readAt = new LRUCache({ max: MAX_ARNS, ttl: Math.min(ttlMs, MAX_TTL_MS) });
  }

  /** Returns when the upstream said so; undefined for an invocation that may exist. */
  get(invocationArn: string): number | undefined {
    return this.#readAt.get(invocationArn);
  }

  add(invocationArn: string, requestedAt: number): void {
    if (requestedAt > this.#invalidatedAt) this.#readAt.set(invocationArn, performance.now());
  }

  delete(invocationArn: string): void {
    this.#readAt.delete(invocationArn);
  }

  /** Forgets all, also what was requested before now. */
  invalidate(): void {
    this.#invalidatedAt = performance.now();
    this.#readAt.clear();
  }
}
