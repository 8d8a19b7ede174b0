import type { Caller } from '../auth/caller.ts';

/** The longest that a timer can wait. */
const LONGEST_MS = 2 ** 31 - 1;

/** Does something when what a caller is known by has ended; gives what calls that off. */
export function whenUnknown({ knownUntil }: Caller, then: () => void): () => void {
  if (knownUntil === undefined) return () => undefined;
  const timer = setTimeout(then, Math.min(LONGEST_MS, Math.max(0, knownUntil - Date.now())));
  timer.unref();
  return () => {
    clearTimeout(timer);
  };
}
