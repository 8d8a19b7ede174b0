import type { FastifyInstance } from 'fastify';
import { FAILED_REQUEST_COST, type RateLimiter, rateLimitHttpError } from './rate-limiter.ts';

/**
 * Refuses requests of callers that have used up their minute, before the document is parsed. A
 * request that is refused before its cost is known costs a fixed amount. Register this after
 * authentication.
 */
export function enforceRateLimit(
  scope: FastifyInstance,
  rateLimiter: RateLimiter,
  costPerMinute: number | undefined,
): void {
  scope.addHook('preHandler', async ({ record }, reply) => {
    const identity = record.caller?.identity ?? '';
    const retryAfterMs = await rateLimiter.retryAfterMs(identity);
    if (retryAfterMs !== undefined) throw rateLimitHttpError(retryAfterMs, costPerMinute);
    reply.raw.once('close', () => {
      // The subscription manager charges streams itself.
      if (record.cost !== undefined || record.isStream) return;
      void rateLimiter.consume(identity, FAILED_REQUEST_COST);
    });
  });
}
