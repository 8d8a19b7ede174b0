import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { CacheConfig } from '../../config/config.ts';
import { createRateLimiter } from '../limits/rate-limiter.ts';

/**
 * Sets `Age` and `Cache-Control: max-age` on responses that were built from cacheable data. All
 * other responses, such as failures and mutations, get `no-store`.
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

/**
 * Creates a function that returns whether a request bypasses the cache. It must ask with
 * `Cache-Control: no-cache`. Requests over the caller's limit are served from the cache instead.
 */
export function createNoCachePolicy({ noCachePerMinute }: CacheConfig) {
  const rateLimiter = createRateLimiter(noCachePerMinute);
  return async (headers: IncomingHttpHeaders, identity: string): Promise<boolean> => {
    const isNoCache = /\bno-cache\b/i.test(headers['cache-control'] ?? '');
    return isNoCache && (await rateLimiter.consume(identity, 1)) === undefined;
  };
}
