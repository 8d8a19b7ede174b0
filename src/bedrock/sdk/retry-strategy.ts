import { StandardRetryStrategy } from '@smithy/core/retry';
import type { RetryErrorInfo, RetryStrategyV2, StandardRetryToken } from '@smithy/types';
import { LRUCache } from 'lru-cache';
import { contextOfError } from './call-context.ts';

const QUOTA_PERIOD_MS = 60_000;
const MAX_CALLERS = 1000;

/**
 * The SDK's standard retries, with one retry quota per caller and minute. With a common quota, the
 * failing calls of one caller would use up the retries of all.
 */
export class PerCallerRetryStrategy implements RetryStrategyV2 {
  readonly #maxAttempts: number;
  readonly #initial: StandardRetryStrategy;
  /** The SDK keeps the quota in the strategy. */
  readonly #strategies = new LRUCache<string, StandardRetryStrategy>({
    max: MAX_CALLERS,
    ttl: QUOTA_PERIOD_MS,
  });

  constructor(maxAttempts: number) {
    this.#maxAttempts = maxAttempts;
    this.#initial = new StandardRetryStrategy(maxAttempts);
  }

  acquireInitialRetryToken(scope: string): Promise<StandardRetryToken> {
    return this.#initial.acquireInitialRetryToken(scope);
  }

  refreshRetryTokenForRetry(
    token: StandardRetryToken,
    errorInfo: RetryErrorInfo,
  ): Promise<StandardRetryToken> {
    const caller = contextOfError(errorInfo.error)?.caller ?? '';
    const strategy = this.#strategies.get(caller) ?? new StandardRetryStrategy(this.#maxAttempts);
    if (!this.#strategies.has(caller)) this.#strategies.set(caller, strategy);
    return strategy.refreshRetryTokenForRetry(token, errorInfo);
  }

  recordSuccess(): void {
    // The quota is renewed by time: the token does not say whose it is.
  }
}
