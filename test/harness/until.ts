import { setTimeout } from 'node:timers/promises';

const LOOK_EVERY_MS = 5;

/** Waits for a condition; the test's own timeout is the limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setTimeout(LOOK_EVERY_MS);
}
