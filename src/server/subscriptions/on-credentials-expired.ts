import type { Caller } from '../auth/caller.ts';

/** The maximum delay of a timer in Node. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** Calls a function when the caller's credentials expire. Returns a function that cancels it. */
export function onCredentialsExpired(
  { credentialsExpireAt }: Caller,
  callback: () => void,
): () => void {
  if (credentialsExpireAt === undefined) return () => undefined;
  const delayMs = Math.min(MAX_DELAY_MS, Math.max(0, credentialsExpireAt - Date.now()));
  const timer = setTimeout(callback, delayMs);
  timer.unref();
  return () => {
    clearTimeout(timer);
  };
}
