import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { CacheConfig, LimitsConfig } from '../../config/config.ts';
import { acceptsOnlyEvents } from '../http/content-negotiation.ts';
import { wantsReport } from '../apollo/upstream-extension.ts';
import { type RateLimiter, rateLimitHttpError } from '../limits/rate-limiter.ts';
import type { RequestRecord } from '../observability/request-record.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose answer may be given to others as well. */
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
  readonly key: string;
  readonly complete: (answer: CachedResponse | undefined) => void;
}

/** Of a body; what is longer is not worth comparing. */
const MAX_KEY_LENGTH = 16_384;

/**
 * Gives callers who ask the same the same answer, as long as all that was read for it is as good as new: a poll that finds
 * nothing new costs its authentication, its share of the rate, and the sending. Those who ask at one time wait for the first
 * of them. "The same" is the body to the letter, from a caller of the same identity and rights.
 *
 * Must come after whatever decides whether a caller may ask at all. What it passes on is what Apollo Server would check:
 * the first of the callers was checked for all.
 */
export class ResponseCache {
  readonly #ttlMs: number;
  readonly #limits: LimitsConfig;
  readonly #rateLimiter: RateLimiter;
  readonly #answers: LRUCache<string, CachedResponse>;
  readonly #inFlight = new Map<string, Promise<CachedResponse | undefined>>();

  constructor({ ttlMs, maxBytes }: CacheConfig, limits: LimitsConfig, rateLimiter: RateLimiter) {
    this.#ttlMs = ttlMs;
    this.#limits = limits;
    this.#rateLimiter = rateLimiter;
    this.#answers = new LRUCache({
      maxSize: Math.ceil(maxBytes / 3),
      sizeCalculation: ({ body }, key) => body.length + key.length,
    });
  }

  register(scope: FastifyInstance): void {
    scope.decorateRequest('leads', undefined);
    scope.addHook('preHandler', async (request, reply) => {
      const key = keyOf(request);
      if (key === undefined) return undefined;
      const answer = this.#answers.get(key) ?? (await this.#inFlight.get(key));
      if (answer) return this.#send(answer, request, reply);
      if (!this.#inFlight.has(key)) this.#startInFlight(key, request, reply);
      return undefined;
    });
    scope.addHook('onSend', (request, reply, payload, done) => {
      const { inFlightResponse, record } = request;
      // Text is an answer with no data that was read.
      if (payload instanceof Buffer)
        inFlightResponse?.complete(this.#answerOf(payload, reply, record));
      else inFlightResponse?.complete(undefined);
      done();
    });
  }

  /** Something was started or has changed: answers that were asked for until now are not as good as new any more. */
  invalidate(): void {
    this.#answers.clear();
    this.#inFlight.clear();
  }

  async #send(answer: CachedResponse, { record }: FastifyRequest, reply: FastifyReply) {
    const { body, contentType, cost, operationName, readAt } = answer;
    record.cost = cost;
    record.operationName = operationName;
    record.isShared = true;
    record.upstreamStats.serve({ readAt, fromCache: true, waitMs: 0 });
    record.trace?.startOperation('query', operationName, cost);
    const retryAfterMs = await this.#rateLimiter.consume(record.caller?.identity ?? '', cost);
    if (retryAfterMs !== undefined) {
      throw rateLimitHttpError(retryAfterMs, this.#limits.costPerMinute);
    }
    return reply.header('content-type', contentType).send(body);
  }

  /** Those who waited asked before it was read, and get it whatever its age; later ones, while it is as good as new. */
  #startInFlight(key: string, request: FastifyRequest, reply: FastifyReply): void {
    const { promise, resolve } = Promise.withResolvers<CachedResponse | undefined>();
    this.#inFlight.set(key, promise);
    const complete = (answer: CachedResponse | undefined) => {
      request.inFlightResponse = undefined;
      const isCurrent = this.#inFlight.get(key) === promise;
      if (isCurrent) this.#inFlight.delete(key);
      const leftMs = answer ? answer.readAt + this.#ttlMs - performance.now() : 0;
      if (answer && isCurrent && leftMs >= 1) this.#answers.set(key, answer, { ttl: leftMs });
      resolve(answer);
    };
    request.inFlightResponse = { key, complete };
    reply.raw.once('close', () => {
      request.inFlightResponse?.complete(undefined);
    });
  }

  /** Undefined where it is nobody else's business: it failed, or nothing was read for it. */
  #answerOf(body: Buffer, reply: FastifyReply, record: RequestRecord): CachedResponse | undefined {
    const { cost, errorCodes, operationName, upstreamStats } = record;
    const { oldestReadAt: readAt } = upstreamStats;
    const contentType = reply.getHeader('content-type');
    if (reply.statusCode !== 200 || errorCodes.length > 0 || cost === undefined) return undefined;
    if (record.isMutation) return undefined;
    if (readAt === undefined || typeof contentType !== 'string') return undefined;
    return { body, contentType, cost, operationName, readAt };
  }
}

/** Undefined for what must be answered by itself. */
function keyOf(request: FastifyRequest): string | undefined {
  const { method, headers, body, record } = request;
  if (method !== 'POST' || typeof body !== 'object' || body === null || !record.caller) {
    return undefined;
  }
  if (Number(headers['content-length'] ?? Infinity) > MAX_KEY_LENGTH) return undefined;
  // A caller who has little time, or wants more than the data.
  if (headers['x-request-timeout-ms'] !== undefined || headers['cache-control'] !== undefined) {
    return undefined;
  }
  if (wantsReport(headers) || acceptsOnlyEvents(headers.accept) || mightBeMutation(body))
    return undefined;
  const { identity, canRead, isRouter } = record.caller;
  return textOf([identity, canRead, isRouter, headers.accept ?? '', body]);
}

/** Undefined for what is nested too deeply to be written. */
function textOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Each of these is for itself: none waits for another's answer. */
function mightBeMutation({ query }: { readonly query?: unknown }): boolean {
  return typeof query === 'string' && query.includes('mutation');
}
