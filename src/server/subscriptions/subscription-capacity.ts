import { Shares } from '../../concurrency/shares.ts';
import type { LimitsConfig } from '../../config/config.ts';
import type { Caller } from '../auth/caller.ts';
import { graphqlRefusal, type RefusalError } from '../documents/refusal.ts';

type Limits = Pick<
  LimitsConfig,
  'subscriptions' | 'subscriptionsPerCaller' | 'subscribedArnsPerCaller'
>;

/** Counts the open subscriptions and the ARNs that they name, and enforces their limits. */
export class SubscriptionCapacity {
  readonly #limits: Limits;
  readonly #subscriptions: Shares;
  readonly #arns: Shares;
  #isClosed = false;

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#subscriptions = new Shares(limits.subscriptionsPerCaller);
    this.#arns = new Shares(limits.subscribedArnsPerCaller);
  }

  /** No subscription opens after `close`. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  close(): void {
    this.#isClosed = true;
  }

  /**
   * Counts a subscription and its ARNs. Returns a function that releases them. The ARNs of a router
   * without its users' tokens are not limited.
   *
   * @throws {GraphQLError}
   */
  acquire({ identity, representsMany }: Caller, arns: number): () => void {
    const { subscriptions, subscriptionsPerCaller, subscribedArnsPerCaller } = this.#limits;
    if (this.#isClosed || this.#subscriptions.total >= subscriptions) {
      const message = 'The server has too many open subscriptions. Retry later.';
      throw refusal(503, 'SERVICE_UNAVAILABLE', 'MAX_SUBSCRIPTIONS', subscriptions, message);
    }
    const release = this.#subscriptions.acquire(identity);
    if (!release) {
      const message = 'You have too many open subscriptions. Close one, then retry.';
      const limit = 'MAX_SUBSCRIPTIONS_PER_CALLER';
      throw refusal(429, 'RATE_LIMITED', limit, subscriptionsPerCaller, message);
    }
    const maxArns = representsMany ? Infinity : subscribedArnsPerCaller;
    const releaseArns = this.#arns.acquire(identity, arns, maxArns);
    if (!releaseArns) {
      release();
      const message = 'Your subscriptions name too many ARNs. Close one, then retry.';
      const limit = 'MAX_SUBSCRIBED_ARNS_PER_CALLER';
      throw refusal(429, 'RATE_LIMITED', limit, subscribedArnsPerCaller, message);
    }
    return () => {
      release();
      releaseArns();
    };
  }
}

function refusal(
  status: number,
  code: string,
  limit: string,
  max: number,
  message: string,
): RefusalError {
  const extensions = { code, retryable: true, retryAfterMs: 5000, limit, max };
  return graphqlRefusal(status, message, extensions);
}
