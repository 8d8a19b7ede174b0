import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { HttpError } from '../errors/http-error.ts';
import type { PublicError } from '../errors/public-error.ts';

/** How much each caller may ask for in a minute, by cost. */
export interface RateLimiter {
  /** Undefined when the cost was granted; else the milliseconds after which it may be. */
  consume(identity: string, cost: number): Promise<number | undefined>;
  /** The same without taking anything: undefined while there is some left. */
  retryAfterMs(identity: string): Promise<number | undefined>;
}

/** What a caller is told who may not have more. */
export function rateLimitError(retryAfterMs: number, max: number | undefined): PublicError {
  return {
    message: 'You have asked for too much in the last minute.',
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

/** What a request costs that comes to nothing: reading it is work as well. */
export const FAILED_REQUEST_COST = 10;

const SECONDS = 60;

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
