import { useCallback, useEffect, useEffectEvent, useRef, useState } from 'react';
import { useIsLive } from './socket.ts';

/** Combines a burst of changes into one read. */
const DEBOUNCE_MS = 100;
const POLL_INTERVAL_MS = Number(import.meta.env.VITE_POLL_MS ?? 5000);
/** Finds changes between the read of a page and the first event of the stream. */
const LIVE_POLL_INTERVAL_MS = Number(import.meta.env.VITE_LIVE_POLL_MS ?? 60_000);

/**
 * Calls `read` when the socket opens, when the returned function is called, and at intervals: long
 * ones while the socket is open, short ones otherwise.
 */
export function useCatchUp(read: () => Promise<unknown>): () => void {
  const isLive = useIsLive();
  const [requests, setRequests] = useState(0);
  const inFlight = useRef<Promise<unknown>>(Promise.resolve());
  const readNow = useEffectEvent(() => (inFlight.current = read()));
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let stopped = false;
    const isCaughtUp = async () => {
      if (document.hidden) return false;
      // A failed read is not reported: the next one, after the short interval, retries it.
      return readNow().then(
        () => true,
        () => false,
      );
    };
    const tick = async () => {
      await inFlight.current.catch(() => undefined);
      if (stopped) return;
      const pause = (await isCaughtUp()) && isLive ? LIVE_POLL_INTERVAL_MS : POLL_INTERVAL_MS;
      if (!stopped) timer = setTimeout(() => void tick(), pause);
    };
    timer = setTimeout(() => void tick(), isLive ? DEBOUNCE_MS : POLL_INTERVAL_MS);
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [isLive, requests]);
  return useCallback(() => setRequests((count) => count + 1), []);
}
