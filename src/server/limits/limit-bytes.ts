import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Shares } from '../../concurrency/shares.ts';
import type { LimitsConfig } from '../../config/config.ts';
import { HttpError } from '../errors/http-error.ts';
import type { RequestRecord } from '../observability/request-record.ts';
import { responseTooLarge } from '../errors/public-error.ts';

const RETRY_AFTER_SECONDS = 1;

/**
 * Limits the bytes that each caller makes the gateway hold: the bodies of requests in flight, and
 * responses that the caller has not read yet. Also limits the size of one response.
 */
export function limitBytes(scope: FastifyInstance, limits: LimitsConfig, unsent: Shares): void {
  limitBodies(scope, limits);
  scope.addHook('onSend', (request, reply, payload, done) => {
    done(null, limitPayload(payload, request, reply, limits, unsent));
  });
}

function limitBodies(
  scope: FastifyInstance,
  { bodyBytes, bodyBytesPerCaller: max }: LimitsConfig,
): void {
  const shares = new Shares(max);
  scope.addHook('onRequest', ({ method, headers, record }, _reply, done) => {
    if (method !== 'POST') {
      done();
      return;
    }
    const release = acquireBytes(shares, record, maxBodyBytes(headers, bodyBytes));
    if (!release) {
      done(tooManyBytes('MAX_BODY_BYTES_PER_CALLER', max, 'request bodies'));
      return;
    }
    record.onClose(release);
    done();
  });
}

/** Returns how long a body can be: its announced length, or the limit for an unknown length. */
export function maxBodyBytes(headers: IncomingHttpHeaders, limit: number): number {
  const { 'content-length': length, 'transfer-encoding': transfer } = headers;
  const isUnknown = transfer !== undefined || headers['content-encoding'] !== undefined;
  return isUnknown ? limit : Math.min(Number(length ?? 0), limit);
}

/** A router sends the requests of many users, so its bytes are not limited. */
function acquireBytes(
  shares: Shares,
  { caller }: RequestRecord,
  bytes: number,
): (() => void) | undefined {
  if (caller?.representsMany) return () => undefined;
  return shares.acquire(caller?.identity ?? '', bytes);
}

/** Returns the payload, or an error in its place if it is too large. */
function limitPayload(
  payload: unknown,
  { record }: FastifyRequest,
  reply: FastifyReply,
  { responseBytes, unsentBytesPerCaller: max }: LimitsConfig,
  unsent: Shares,
): unknown {
  const bytes = byteLength(payload);
  if (bytes > responseBytes) {
    const { message, extensions } = responseTooLarge(responseBytes);
    record.errorCodes = [extensions.code];
    return JSON.stringify({ data: null, errors: [{ message, extensions }] });
  }
  const release = acquireBytes(unsent, record, bytes);
  if (release) {
    record.onClose(release);
    return payload;
  }
  const error = tooManyBytes('MAX_UNSENT_BYTES_PER_CALLER', max, 'unread responses');
  const { statusCode, headers, message, extensions } = error;
  record.errorCodes = [String(extensions.code)];
  void reply.code(statusCode).headers(headers);
  return JSON.stringify({ errors: [{ message, extensions }] });
}

/** A stream has no length: it is read no faster than its client reads. */
function byteLength(payload: unknown): number {
  return typeof payload === 'string' || Buffer.isBuffer(payload) ? Buffer.byteLength(payload) : 0;
}

function tooManyBytes(limit: string, max: number, what: string): HttpError {
  const message = `Your ${what} have more than ${max} bytes in all (\`${limit}\`).`;
  return new HttpError(429, message, {
    code: 'RATE_LIMITED',
    headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
    extensions: { retryable: true, retryAfterMs: RETRY_AFTER_SECONDS * 1000, limit, max },
  });
}
