import { setImmediate } from 'node:timers/promises';

let lastTurn: Promise<unknown> = Promise.resolve();

/**
 * Yields to the event loop, one waiter per turn. Call it before work that keeps the CPU busy for
 * milliseconds, so that several such tasks do not run back to back and block all other requests.
 */
export async function yieldToEventLoop(): Promise<void> {
  lastTurn = lastTurn.then(() => setImmediate());
  await lastTurn;
}
