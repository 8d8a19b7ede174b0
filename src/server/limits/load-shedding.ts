import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyInstance } from 'fastify';
import { HttpError } from '../errors/http-error.ts';

export interface LoadLimits {
  readonly concurrentRequests: number;
  /** In milliseconds. 0 means no limit. */
  readonly eventLoopDelayMs: number;
  /** Maximum time of a request, including the time the client takes to read the response. */
  readonly longestMs: number;
}

const RETRY_AFTER_SECONDS = 1;
const RESOLUTION_MS = 20;
/** How long a delay of the event loop counts. */
const WINDOW_MS = 1000;
const NANOSECONDS_PER_MS = 1e6;

/**
 * Refuses requests while too many are in flight or the event loop is delayed, because they would
 * only slow down the others. Returns a function that counts the requests in flight.
 */
export function shedLoad(app: FastifyInstance, limits: LoadLimits): () => number {
  let inFlight = 0;
  const { eventLoopDelayMs } = limits;
  const delayMs = eventLoopDelayMs > 0 ? watchEventLoop(app) : () => 0;
  app.addHook('onRequest', (request, reply, done) => {
    if (inFlight >= limits.concurrentRequests) {
      done(overloaded('MAX_CONCURRENT_REQUESTS', limits.concurrentRequests));
      return;
    }
    if (delayMs() > eventLoopDelayMs) {
      done(overloaded('MAX_EVENT_LOOP_DELAY_MS', eventLoopDelayMs));
      return;
    }
    inFlight += 1;
    const timer = setTimeout(() => reply.raw.destroy(), limits.longestMs);
    let isInFlight = true;
    const release = () => {
      clearTimeout(timer);
      if (isInFlight) inFlight -= 1;
      isInFlight = false;
    };
    request.record.release = release;
    reply.raw.once('close', release);
    done();
  });
  return () => inFlight;
}

/** Returns a function that returns the longest delay in the current and the previous window. */
function watchEventLoop(app: FastifyInstance): () => number {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  let previousMs = 0;
  const currentMs = () => Math.max(0, histogram.max / NANOSECONDS_PER_MS - RESOLUTION_MS);
  const timer = setInterval(() => {
    previousMs = currentMs();
    histogram.reset();
  }, WINDOW_MS);
  timer.unref();
  app.addHook('onClose', (_instance, done) => {
    clearInterval(timer);
    histogram.disable();
    done();
  });
  return () => Math.max(previousMs, currentMs());
}

function overloaded(limit: string, max: number): HttpError {
  return new HttpError(503, 'The server is overloaded.', {
    code: 'SERVICE_UNAVAILABLE',
    headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
    extensions: { retryable: true, retryAfterMs: RETRY_AFTER_SECONDS * 1000, limit, max },
  });
}
