import { setTimeout } from 'node:timers/promises';

const INTERVAL_MS = 5;
/** Longer than the timeout of most tests. It lets the process end when a condition never holds. */
const TIMEOUT_MS = 60_000;

/** Waits for a condition. */
export function waitFor(condition: () => boolean): Promise<void> {
  return waitForAsync(() => Promise.resolve(condition()));
}

/** Waits for an asynchronous condition. */
export async function waitForAsync(condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  while (!(await condition())) {
    if (performance.now() > deadline)
      throw new Error(`condition not met in time: ${String(condition)}`);
    await setTimeout(INTERVAL_MS);
  }
}
