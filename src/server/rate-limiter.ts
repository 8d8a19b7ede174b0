import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** How much each caller may ask for in a minute, by cost. */
export interface RateLimiter {
  /** Undefined when the cost was granted; else the milliseconds after which it may be. */
  consume(identity: string, cost: number): Promise<number | undefined>;
}

const SECONDS = 60;

export function createRateLimiter(costPerMinute: number | undefined): RateLimiter {
  if (costPerMinute === undefined) return { consume: () => Promise.resolve(undefined) };
  const limiter = new RateLimiterMemory({ points: costPerMinute, duration: SECONDS });
  return {
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
