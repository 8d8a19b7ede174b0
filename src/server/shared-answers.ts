import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { CacheConfig, LimitsConfig } from '../config/config.ts';
import { acceptsOnlyEvents } from './graphql-media.ts';
import { wantsReport } from './upstream-report.ts';
import { type RateLimiter, rateLimitedByHttp } from './rate-limiter.ts';
import type { RequestRecord } from './request-record.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose answer may be given to others as well. */
    leads: Lead | undefined;
  }
}

interface Answer {
  readonly body: Buffer;
  readonly contentType: string;
  readonly cost: number;
  readonly operationName: string | undefined;
  readonly readAt: number;
}

interface Lead {
  readonly key: string;
  readonly settle: (answer: Answer | undefined) => void;
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
export class SharedAnswers {
  readonly #ttlMs: number;
  readonly #limits: LimitsConfig;
  readonly #rateLimiter: RateLimiter;
  readonly #answers: LRUCache<string, Answer>;
  readonly #leading = new Map<string, Promise<Answer | undefined>>();

  constructor({ ttlMs, maxBytes }: CacheConfig, limits: LimitsConfig, rateLimiter: RateLimiter) {
    this.#ttlMs = ttlMs;
    this.#limits = limits;
    this.#rateLimiter = rateLimiter;
    this.#answers = new LRUCache({
      maxSize: Math.ceil(maxBytes / 3),
      sizeCalculation: ({ body }, key) => body.length + key.length,
    });
  }

  serve(scope: FastifyInstance): void {
    scope.decorateRequest('leads', undefined);
    scope.addHook('preHandler', async (request, reply) => {
      const key = keyOf(request);
      if (key === undefined) return undefined;
      const answer = this.#answers.get(key) ?? (await this.#leading.get(key));
      if (answer) return this.#send(answer, request, reply);
      if (!this.#leading.has(key)) this.#lead(key, request, reply);
      return undefined;
    });
    scope.addHook('onSend', (request, reply, payload, done) => {
      const { leads, record } = request;
      // Text is an answer with no data that was read.
      if (payload instanceof Buffer) leads?.settle(this.#answerOf(payload, reply, record));
      else leads?.settle(undefined);
      done();
    });
  }

  /** Something was started or has changed: answers that were asked for until now are not as good as new any more. */
  outdate(): void {
    this.#answers.clear();
    this.#leading.clear();
  }

  async #send(answer: Answer, { record }: FastifyRequest, reply: FastifyReply) {
    const { body, contentType, cost, operationName, readAt } = answer;
    record.cost = cost;
    record.operationName = operationName;
    record.isShared = true;
    record.upstream.serve({ readAt, reused: true, waitedMs: 0 });
    record.trace?.startOperation('query', operationName, cost);
    const retryAfterMs = await this.#rateLimiter.consume(record.caller?.identity ?? '', cost);
    if (retryAfterMs !== undefined) {
      throw rateLimitedByHttp(retryAfterMs, this.#limits.costPerMinute);
    }
    return reply.header('content-type', contentType).send(body);
  }

  /** Those who waited asked before it was read, and get it whatever its age; later ones, while it is as good as new. */
  #lead(key: string, request: FastifyRequest, reply: FastifyReply): void {
    const { promise, resolve } = Promise.withResolvers<Answer | undefined>();
    this.#leading.set(key, promise);
    const settle = (answer: Answer | undefined) => {
      request.leads = undefined;
      const isCurrent = this.#leading.get(key) === promise;
      if (isCurrent) this.#leading.delete(key);
      const leftMs = answer ? answer.readAt + this.#ttlMs - performance.now() : 0;
      if (answer && isCurrent && leftMs >= 1) this.#answers.set(key, answer, { ttl: leftMs });
      resolve(answer);
    };
    request.leads = { key, settle };
    reply.raw.once('close', () => {
      request.leads?.settle(undefined);
    });
  }

  /** Undefined where it is nobody else's business: it failed, or nothing was read for it. */
  #answerOf(body: Buffer, reply: FastifyReply, record: RequestRecord): Answer | undefined {
    const { cost, codes, operationName, upstream } = record;
    const { oldestReadAt: readAt } = upstream;
    const contentType = reply.getHeader('content-type');
    if (reply.statusCode !== 200 || codes.length > 0 || cost === undefined) return undefined;
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
  if (wantsReport(headers) || acceptsOnlyEvents(headers.accept) || mayMutate(body))
    return undefined;
  const { identity, mayRead, isRouter } = record.caller;
  return textOf([identity, mayRead, isRouter, headers.accept ?? '', body]);
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
function mayMutate({ query }: { readonly query?: unknown }): boolean {
  return typeof query === 'string' && query.includes('mutation');
}
