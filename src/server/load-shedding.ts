import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyInstance } from 'fastify';
import { HttpError } from './http-errors.ts';

export interface LoadLimits {
  /** Requests under way at one time. */
  readonly inFlight: number;
  /** Of the event loop, in milliseconds; 0 is no limit. */
  readonly eventLoopDelayMs: number;
}

const RETRY_AFTER_SECONDS = 1;
const RESOLUTION_MS = 20;
/** The delay of so long ago counts; what was before is over. */
const WINDOW_MS = 1000;

/** Refuses requests at once that would only make those wait that are under way. Says how many these are. */
export function shedLoad(app: FastifyInstance, limits: LoadLimits): () => number {
  let inFlight = 0;
  const delayMs = watchEventLoop(app);
  app.addHook('onRequest', (_request, reply, done) => {
    if (inFlight >= limits.inFlight) {
      done(overloaded('MAX_IN_FLIGHT', limits.inFlight));
      return;
    }
    if (limits.eventLoopDelayMs > 0 && delayMs() > limits.eventLoopDelayMs) {
      done(overloaded('MAX_EVENT_LOOP_DELAY_MS', limits.eventLoopDelayMs));
      return;
    }
    inFlight += 1;
    reply.raw.once('close', () => {
      inFlight -= 1;
    });
    done();
  });
  return () => inFlight;
}

/** The longest delay of the last window or two. */
function watchEventLoop(app: FastifyInstance): () => number {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  let previous = 0;
  const timer = setInterval(() => {
    previous = histogram.max;
    histogram.reset();
  }, WINDOW_MS);
  timer.unref();
  app.addHook('onClose', (_instance, done) => {
    clearInterval(timer);
    histogram.disable();
    done();
  });
  return () => Math.max(previous, histogram.max) / 1e6;
}

function overloaded(limit: string, max: number): HttpError {
  return new HttpError(503, 'There is too much to do at the moment.', {
    code: 'SERVICE_UNAVAILABLE',
    headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
    extensions: { retryable: true, retryAfterMs: RETRY_AFTER_SECONDS * 1000, limit, max },
  });
}
