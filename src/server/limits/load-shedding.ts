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
/** Short, because a delay in the first pause after the start is not recorded. */
const RESOLUTION_MS = 10;
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

/**
 * Returns a function that reads the longest delay of the event loop in the last one or two windows.
 * Two histograms take turns, because a histogram misses the delay during which it is reset.
 */
function watchEventLoop(app: FastifyInstance): () => number {
  const histograms = Array.from({ length: 2 }, () =>
    monitorEventLoopDelay({ resolution: RESOLUTION_MS }),
  );
  for (const histogram of histograms) histogram.enable();
  const timer = setInterval(() => {
    histograms.reverse();
    histograms[0]?.reset();
  }, WINDOW_MS);
  timer.unref();
  app.addHook('onClose', (_instance, done) => {
    clearInterval(timer);
    for (const histogram of histograms) histogram.disable();
    done();
  });
  // A sample is the time between two ticks, so it includes the pause between them.
  return () => Math.max(...histograms.map(({ max }) => max)) / NANOSECONDS_PER_MS - RESOLUTION_MS;
}

function overloaded(limit: string, max: number): HttpError {
  return new HttpError(503, 'The server is overloaded.', {
    code: 'SERVICE_UNAVAILABLE',
    headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
    extensions: { retryable: true, retryAfterMs: RETRY_AFTER_SECONDS * 1000, limit, max },
  });
}
