import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { HttpError } from '../errors/http-error.ts';
import type { PublicError } from '../errors/public-error.ts';

/** Limits the cost of each caller's requests in a minute. */
export interface RateLimiter {
  /**
   * Charges the cost. Returns undefined if it was granted, else the milliseconds until a retry may
   * succeed.
   */
  consume(identity: string, cost: number): Promise<number | undefined>;
  /** Returns undefined while the caller has cost left, else the milliseconds until it has. */
  retryAfterMs(identity: string): Promise<number | undefined>;
}

export function rateLimitError(retryAfterMs: number, max: number | undefined): PublicError {
  return {
    message: 'Rate limit exceeded.',
    extensions: { code: 'RATE_LIMITED', retryable: true, retryAfterMs, limit: 'RATE_LIMIT', max },
  };
}

export function rateLimitHttpError(retryAfterMs: number, max: number | undefined): HttpError {
  const { message, extensions } = rateLimitError(retryAfterMs, max);
  return new HttpError(429, message, {
    code: extensions.code,
    headers: { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) },
    extensions,
  });
}

/** The least that a request costs. It is charged before the body is read. */
export const PREPAID_COST = 1;

/** The cost of a request that is refused: reading and checking it took work. */
export const FAILED_REQUEST_COST = 10;

const SECONDS = 60;

/** Creates a limiter in memory. Undefined means no limit. */
export function createRateLimiter(costPerMinute: number | undefined): RateLimiter {
  if (costPerMinute === undefined) {
    const unlimited = () => Promise.resolve(undefined);
    return { consume: unlimited, retryAfterMs: unlimited };
  }
  const limiter = new RateLimiterMemory({ points: costPerMinute, duration: SECONDS });
  return {
    retryAfterMs: async (identity) => {
      const state = await limiter.get(identity);
      return state && state.remainingPoints <= 0 ? Math.max(1, state.msBeforeNext) : undefined;
    },
    consume: async (identity, cost) => {
      try {
        await limiter.consume(identity, cost);
        return undefined;
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes) return Math.max(1, refusal.msBeforeNext);
        throw refusal;
      }
    },
  };
}
