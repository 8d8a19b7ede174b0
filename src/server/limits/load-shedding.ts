import type { FastifyInstance } from 'fastify';
import { HttpError } from '../errors/http-error.ts';

export interface LoadLimits {
  /** Requests under way at one time. */
  readonly concurrentRequests: number;
  /** Of the event loop, in milliseconds; 0 is no limit. */
  readonly eventLoopDelayMs: number;
  /** That any request may take, its answer read by the caller included; then its connection is ended. */
  readonly longestMs: number;
}

const RETRY_AFTER_SECONDS = 1;
const BEAT_MS = 50;
/** The delay of so long ago counts; what was before is over. */
const WINDOW_MS = 1000;

/** Refuses requests at once that would only make those wait that are under way. Says how many these are. */
export function shedLoad(app: FastifyInstance, limits: LoadLimits): () => number {
  let inFlight = 0;
  const delayMs = monitorEventLoop(app);
  app.addHook('onRequest', (request, reply, done) => {
    if (inFlight >= limits.concurrentRequests) {
      done(overloaded('MAX_CONCURRENT_REQUESTS', limits.concurrentRequests));
      return;
    }
    if (limits.eventLoopDelayMs > 0 && delayMs() > limits.eventLoopDelayMs) {
      done(overloaded('MAX_EVENT_LOOP_DELAY_MS', limits.eventLoopDelayMs));
      return;
    }
    inFlight += 1;
    const timer = setTimeout(() => reply.raw.destroy(), limits.longestMs);
    let isUnderWay = true;
    const release = () => {
      clearTimeout(timer);
      if (isUnderWay) inFlight -= 1;
      isUnderWay = false;
    };
    request.record.release = release;
    reply.raw.once('close', release);
    done();
  });
  return () => inFlight;
}

/** The longest delay of a timer in the last window or two, up to this moment. */
function monitorEventLoop(app: FastifyInstance): () => number {
  let beat = performance.now();
  let windowStart = beat;
  let longest = 0;
  let longestBefore = 0;
  const sinceBeat = () => performance.now() - beat - BEAT_MS;
  const timer = setInterval(() => {
    const delay = sinceBeat();
    beat = performance.now();
    if (beat - windowStart > WINDOW_MS) {
      [longestBefore, longest, windowStart] = [longest, 0, beat];
    }
    longest = Math.max(longest, delay);
  }, BEAT_MS);
  timer.unref();
  app.addHook('onClose', (_instance, done) => {
    clearInterval(timer);
    done();
  });
  return () => Math.max(longest, longestBefore, sinceBeat());
}

function overloaded(limit: string, max: number): HttpError {
  return new HttpError(503, 'There is too much to do at the moment.', {
    code: 'SERVICE_UNAVAILABLE',
    headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
    extensions: { retryable: true, retryAfterMs: RETRY_AFTER_SECONDS * 1000, limit, max },
  });
}
