import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { CacheConfig, LimitsConfig } from '../../config/config.ts';
import { wantsReport } from '../apollo/upstream-extension.ts';
import { acceptsOnlyEvents } from '../http/content-negotiation.ts';
import { PREPAID_COST, type RateLimiter, rateLimitHttpError } from '../limits/rate-limiter.ts';
import type { RequestRecord } from '../observability/request-record.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set while other requests may wait for the response of this one. */
    inFlightResponse: InFlightResponse | undefined;
  }
}

interface CachedResponse {
  readonly body: Buffer;
  readonly contentType: string;
  readonly cost: number;
  readonly operationName: string | undefined;
  readonly readAt: number;
}

interface InFlightResponse {
  readonly complete: (response: CachedResponse | undefined) => void;
}

/**
 * Caches whole responses per caller for as long as the data they were built from is fresh.
 * Concurrent equal requests wait for the first one. Requests are equal if the texts of their
 * bodies are equal and their callers have the same identity and rights.
 *
 * A cached response still costs authentication and its share of the rate limit. It skips the checks
 * of Apollo Server, which the first request passed. So the hooks that authenticate and limit
 * callers must be registered before this one.
 */
export class ResponseCache {
  readonly #ttlMs: number;
  readonly #limits: LimitsConfig;
  readonly #rateLimiter: RateLimiter;
  readonly #responses: LRUCache<string, CachedResponse>;
  readonly #inFlight = new Map<string, Promise<CachedResponse | undefined>>();

  constructor(
    { ttlMs, maxBytes }: Pick<CacheConfig, 'ttlMs' | 'maxBytes'>,
    limits: LimitsConfig,
    rateLimiter: RateLimiter,
  ) {
    this.#ttlMs = ttlMs;
    this.#limits = limits;
    this.#rateLimiter = rateLimiter;
    this.#responses = new LRUCache({
      maxSize: Math.ceil(maxBytes),
      sizeCalculation: ({ body }, key) => body.length + key.length,
    });
  }

  /** `mightMutate` returns whether a body may ask for a mutation. */
  register(scope: FastifyInstance, mightMutate: (body: unknown) => boolean): void {
    scope.decorateRequest('inFlightResponse', undefined);
    scope.addHook('preHandler', async (request, reply) => {
      const key = keyOf(request);
      // A mutation must run for each request.
      if (key === undefined || mightMutate(request.body)) return undefined;
      const response = this.#responses.get(key) ?? (await this.#inFlight.get(key));
      if (response) return this.#send(response, request, reply);
      request.record.responseCacheResult = 'miss';
      if (!this.#inFlight.has(key)) this.#startInFlight(key, request, reply);
      return undefined;
    });
    scope.addHook('onSend', ({ inFlightResponse, record }, reply, payload, done) => {
      inFlightResponse?.complete(toCachedResponse(payload, reply, record));
      done();
    });
  }

  /** Drops all responses, and those in flight, after a start or a change. */
  invalidate(): void {
    this.#responses.clear();
    this.#inFlight.clear();
  }

  async #send(response: CachedResponse, { record }: FastifyRequest, reply: FastifyReply) {
    const { body, contentType, cost, operationName, readAt } = response;
    record.cost = cost;
    record.operationName = operationName;
    record.responseCacheResult = 'hit';
    record.upstreamStats.recordRead({ readAt, fromCache: true, isStale: false, waitMs: 0 });
    record.trace?.startOperation('query', operationName, cost);
    const identity = record.caller?.identity ?? '';
    const retryAfterMs = await this.#rateLimiter.consume(identity, cost - PREPAID_COST);
    if (retryAfterMs !== undefined) {
      throw rateLimitHttpError(retryAfterMs, this.#limits.costPerMinute);
    }
    record.isAdmitted = true;
    return reply.header('content-type', contentType).send(body);
  }

  /**
   * Lets equal requests wait for this one. They arrived before its data was read, so they get the
   * response whatever its age. Later requests get it only while it is fresh.
   */
  #startInFlight(key: string, request: FastifyRequest, reply: FastifyReply): void {
    const { promise, resolve } = Promise.withResolvers<CachedResponse | undefined>();
    this.#inFlight.set(key, promise);
    const complete = (response: CachedResponse | undefined) => {
      request.inFlightResponse = undefined;
      const isCurrent = this.#inFlight.get(key) === promise;
      if (isCurrent) this.#inFlight.delete(key);
      const ttl = response ? response.readAt + this.#ttlMs - performance.now() : 0;
      if (response && isCurrent && ttl >= 1) this.#responses.set(key, response, { ttl });
      resolve(response);
    };
    request.inFlightResponse = { complete };
    reply.raw.once('close', () => {
      request.inFlightResponse?.complete(undefined);
    });
  }
}

/** Returns undefined for responses that must not be cached: failures, and those without a read. */
function toCachedResponse(
  payload: unknown,
  reply: FastifyReply,
  { cost, errorCodes, isMutation, operationName, upstreamStats }: RequestRecord,
): CachedResponse | undefined {
  const { oldestReadAt: readAt } = upstreamStats;
  const contentType = reply.getHeader('content-type');
  if (reply.statusCode !== 200 || errorCodes.length > 0 || isMutation) return undefined;
  if (cost === undefined || readAt === undefined || typeof contentType !== 'string') {
    return undefined;
  }
  const body = typeof payload === 'string' ? Buffer.from(payload) : payload;
  return Buffer.isBuffer(body) ? { body, contentType, cost, operationName, readAt } : undefined;
}

/** Returns undefined for requests whose responses cannot be shared. */
function keyOf(request: FastifyRequest): string | undefined {
  const { method, headers, body, bodyText, record } = request;
  if (method !== 'POST' || typeof body !== 'object' || body === null || !record.caller) {
    return undefined;
  }
  if (bodyText === undefined) return undefined;
  // These headers set a deadline for this request only, or bypass the cache.
  if (headers['x-request-timeout-ms'] !== undefined || headers['cache-control'] !== undefined) {
    return undefined;
  }
  if (wantsReport(headers) || acceptsOnlyEvents(headers.accept)) return undefined;
  const { identity, canRead, isRouter } = record.caller;
  // Different numbers can have the same JSON once they are parsed, such as `1e400` and `null`.
  return `${JSON.stringify([identity, canRead, isRouter, headers.accept ?? ''])}${bodyText}`;
}
