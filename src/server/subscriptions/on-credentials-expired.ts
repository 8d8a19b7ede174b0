import type { Caller } from '../auth/caller.ts';

/** The longest that a timer can wait. */
const LONGEST_MS = 2 ** 31 - 1;

/** Does something when what a caller is known by has ended; gives what calls that off. */
export function onCredentialsExpired(
  { credentialsExpireAt }: Caller,
  callback: () => void,
): () => void {
  if (credentialsExpireAt === undefined) return () => undefined;
  const timer = setTimeout(
    callback,
    Math.min(LONGEST_MS, Math.max(0, credentialsExpireAt - Date.now())),
  );
  timer.unref();
  return () => {
    clearTimeout(timer);
  };
}
