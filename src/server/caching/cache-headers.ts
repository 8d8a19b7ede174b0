import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { CacheConfig } from '../../config/config.ts';
import { createRateLimiter } from '../limits/rate-limiter.ts';

/**
 * Says how old what was read for an answer is, in HTTP's own words: `Age` in whole seconds, and for how long it
 * counts as new. What failed, or was read for nobody else, is not to be kept.
 */
export function setCacheHeaders(scope: FastifyInstance, { ttlMs }: CacheConfig): void {
  const maxAge = Math.floor(ttlMs / 1000);
  scope.addHook('onSend', ({ record }, reply, _payload, done) => {
    const isGood = reply.statusCode === 200 && record.errorCodes.length === 0 && !record.isMutation;
    if (isGood && record.upstreamStats.oldestReadAt !== undefined) {
      const vary = reply.getHeader('vary');
      void reply
        .header('age', String(Math.floor(record.upstreamStats.ageMs / 1000)))
        .header('cache-control', `private, max-age=${maxAge}`)
        .header('vary', typeof vary === 'string' ? `${vary}, Authorization` : 'Authorization');
    } else void reply.header('cache-control', 'no-store');
    done();
  });
}

/** Whether a caller asks, and may ask, for nothing that was read before. Those who ask too often get what is known. */
export function createNoCachePolicy({ freshPerMinute }: CacheConfig) {
  const rateLimiter = createRateLimiter(freshPerMinute);
  return async (headers: IncomingHttpHeaders, identity: string): Promise<boolean> => {
    const wants = /\bno-cache\b/i.test(headers['cache-control'] ?? '');
    return wants && (await rateLimiter.consume(identity, 1)) === undefined;
  };
}
