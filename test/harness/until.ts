import { setImmediate } from 'node:timers/promises';

/** Waits for a condition, looking at every turn of the event loop; the test's own timeout is the limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setImmediate();
}
