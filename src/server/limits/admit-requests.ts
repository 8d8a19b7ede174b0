import type { FastifyInstance, FastifyRequest } from 'fastify';
import { TurnQuota } from '../../concurrency/turn-quota.ts';
import type { LimitsConfig } from '../../config/config.ts';
import type { Authenticator } from '../auth/authenticate.ts';
import type { Caller } from '../auth/caller.ts';
import { HttpError } from '../errors/http-error.ts';
import { addressKey } from './address-key.ts';
import { maxBodyBytes } from './limit-bytes.ts';
import {
  FAILED_REQUEST_COST,
  PREPAID_COST,
  type RateLimiter,
  rateLimitHttpError,
} from './rate-limiter.ts';
import type { RequestSlots } from './request-slots.ts';

export interface AdmitRequestsOptions {
  readonly authenticator: Authenticator;
  readonly slots: RequestSlots;
  readonly rateLimiter: RateLimiter;
  readonly limits: LimitsConfig;
  /** Maximum time of a request, including the time the client takes to read the response. */
  readonly longestMs: number;
}

/** How many requests of one caller start in one turn of the event loop. */
const REQUESTS_PER_TURN = 2;
/** Reading and parsing a body takes time in proportion to its length. */
const BYTES_PER_COST = 16_384;

/**
 * Decides about each request before its body is read. A request takes a slot of its address while
 * it is authenticated, then pays the least that any request costs, and takes a slot of its caller.
 * A request that is refused later pays for the failure when it ends.
 */
export function admitRequests(scope: FastifyInstance, options: AdmitRequestsOptions): void {
  const { slots, rateLimiter, limits, longestMs } = options;
  const turns = new TurnQuota(REQUESTS_PER_TURN);
  scope.addHook('onRequest', async (request, reply) => {
    const { record } = request;
    const caller = await authenticate(request, options);
    record.caller = caller;
    const { identity } = caller;
    const bodyBytes = maxBodyBytes(request.headers, limits.bodyBytes);
    const prepaid = PREPAID_COST + Math.floor(bodyBytes / BYTES_PER_COST);
    const retryAfterMs = await rateLimiter.consume(identity, prepaid);
    if (retryAfterMs !== undefined) throw rateLimitHttpError(retryAfterMs, limits.costPerMinute);
    record.onClose(() => {
      // The subscription manager charges streams itself. The caller has not caused a 5xx.
      if (record.isAdmitted || record.isStream || reply.statusCode >= 500) return;
      void rateLimiter.consume(identity, FAILED_REQUEST_COST - PREPAID_COST);
    });
    const release = slots.acquireForCaller(identity, caller.representsMany);
    const timer = setTimeout(() => reply.raw.destroy(), longestMs);
    record.releaseSlot = () => {
      clearTimeout(timer);
      release();
    };
    record.onClose(record.releaseSlot);
    if (!caller.representsMany) await turns.wait(identity);
  });
}

/** Failed attempts to authenticate are charged to the address. @throws {HttpError} */
async function authenticate(
  request: FastifyRequest,
  { authenticator, slots, rateLimiter, limits }: AdmitRequestsOptions,
): Promise<Caller> {
  const address = addressKey(request.ip);
  const release = slots.acquireForAddress(address);
  request.record.onClose(release);
  try {
    const authenticated = await authenticator.authenticate(request);
    if (authenticated.kind === 'caller') return authenticated.caller;
    throw new HttpError(
      403,
      'Only the router may query this subgraph. Send the header `Router-Authorization`.',
      { code: 'FORBIDDEN' },
    );
  } catch (error) {
    const retryAfterMs = await rateLimiter.consume(`address:${address}`, FAILED_REQUEST_COST);
    if (retryAfterMs !== undefined) throw rateLimitHttpError(retryAfterMs, limits.costPerMinute);
    throw error;
  } finally {
    release();
  }
}
