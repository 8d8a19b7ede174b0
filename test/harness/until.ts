import { setTimeout } from 'node:timers/promises';

const LOOK_EVERY_MS = 5;

/** Waits for a condition; the test's own timeout is the limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setTimeout(LOOK_EVERY_MS);
}

/** The same for a condition that has to be asked for. */
export async function untilAsync(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await setTimeout(LOOK_EVERY_MS);
}
