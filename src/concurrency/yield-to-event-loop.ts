import { setImmediate } from 'node:timers/promises';

let last: Promise<unknown> = Promise.resolve();

/**
 * Waits for a turn of the event loop that nobody else who waits here has. Who is about to keep the process busy for
 * milliseconds does so in turns of their own, so that several who come together do not hold up everything else for the sum.
 */
export async function yieldToEventLoop(): Promise<void> {
  last = last.then(() => setImmediate());
  await last;
}
