import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyInstance } from 'fastify';

/** Short, because a delay in the first pause after the start is not recorded. */
const RESOLUTION_MS = 10;
/** How long a delay of the event loop counts. */
const WINDOW_MS = 1000;
const NANOSECONDS_PER_MS = 1e6;

/**
 * Returns a function that reads the longest delay of the event loop in the last one or two windows,
 * in milliseconds. Two histograms take turns, because a histogram misses the delay that follows its
 * reset. The other one may be reset right after that delay, so its maximum is kept.
 */
export function watchEventLoop(app: FastifyInstance): () => number {
  const histograms = Array.from({ length: 2 }, () =>
    monitorEventLoopDelay({ resolution: RESOLUTION_MS }),
  );
  for (const histogram of histograms) histogram.enable();
  let lastMax = 0;
  const timer = setInterval(() => {
    histograms.reverse();
    lastMax = histograms[0]?.max ?? 0;
    histograms[0]?.reset();
  }, WINDOW_MS);
  timer.unref();
  app.addHook('onClose', (_instance, done) => {
    clearInterval(timer);
    for (const histogram of histograms) histogram.disable();
    done();
  });
  // A sample is the time between two ticks, so it includes the pause between them.
  return () =>
    Math.max(lastMax, ...histograms.map(({ max }) => max)) / NANOSECONDS_PER_MS - RESOLUTION_MS;
}
