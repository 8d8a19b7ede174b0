import type { LimitsConfig } from '../../config/config.ts';
import { graphqlRefusal } from '../documents/refusal.ts';

const RETRY_LATER = { retryable: true, retryAfterMs: 5000 };

/** Counts the open subscriptions of all callers and of each one, and enforces their limits. */
export class SubscriptionCapacity {
  readonly #limits: Pick<LimitsConfig, 'subscriptions' | 'subscriptionsPerCaller'>;
  readonly #perCaller = new Map<string, number>();
  #total = 0;
  #isClosed = false;

  constructor(limits: Pick<LimitsConfig, 'subscriptions' | 'subscriptionsPerCaller'>) {
    this.#limits = limits;
  }

  /** No subscription opens after `close`. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  close(): void {
    this.#isClosed = true;
  }

  /** Counts a subscription. Returns a function that releases it. @throws {GraphQLError} */
  acquire(identity: string): () => void {
    this.#assertTotal();
    this.#assertCaller(identity);
    this.#count(identity, 1);
    return () => {
      this.#count(identity, -1);
    };
  }

  #assertTotal(): void {
    const { subscriptions: max } = this.#limits;
    if (!this.#isClosed && this.#total < max) return;
    throw graphqlRefusal(503, 'The server has too many open subscriptions. Retry later.', {
      ...RETRY_LATER,
      code: 'SERVICE_UNAVAILABLE',
      limit: 'MAX_SUBSCRIPTIONS',
      max,
    });
  }

  #assertCaller(identity: string): void {
    const { subscriptionsPerCaller: max } = this.#limits;
    if ((this.#perCaller.get(identity) ?? 0) < max) return;
    throw graphqlRefusal(429, 'You have too many open subscriptions. Close one, then retry.', {
      ...RETRY_LATER,
      code: 'RATE_LIMITED',
      limit: 'MAX_SUBSCRIPTIONS_PER_CALLER',
      max,
    });
  }

  #count(identity: string, by: 1 | -1): void {
    this.#total += by;
    const count = (this.#perCaller.get(identity) ?? 0) + by;
    if (count > 0) this.#perCaller.set(identity, count);
    else this.#perCaller.delete(identity);
  }
}
