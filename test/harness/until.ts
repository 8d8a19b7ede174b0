import { setTimeout } from 'node:timers/promises';

const LOOK_EVERY_MS = 5;
/** Longer than most tests may take: what is waited for in vain must not keep the process from ending. */
const GIVE_UP_MS = 60_000;

/** Waits for a condition. */
export function until(condition: () => boolean): Promise<void> {
  return untilAsync(() => Promise.resolve(condition()));
}

/** The same for a condition that has to be asked for. */
export async function untilAsync(condition: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + GIVE_UP_MS;
  while (!(await condition())) {
    if (performance.now() > giveUpAt) throw new Error(`waited in vain for ${String(condition)}`);
    await setTimeout(LOOK_EVERY_MS);
  }
}
