import { setTimeout } from 'node:timers/promises';

const INTERVAL_MS = 5;
/** Longer than most tests may take: what is waited for in vain must not keep the process from ending. */
const TIMEOUT_MS = 60_000;

/** Waits for a condition. */
export function waitFor(condition: () => boolean): Promise<void> {
  return waitForAsync(() => Promise.resolve(condition()));
}

/** The same for a condition that has to be asked for. */
export async function waitForAsync(condition: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + TIMEOUT_MS;
  while (!(await condition())) {
    if (performance.now() > giveUpAt) throw new Error(`waited in vain for ${String(condition)}`);
    await setTimeout(INTERVAL_MS);
  }
}
