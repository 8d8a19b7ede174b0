import { useEffect, useRef } from 'react';

const POLL_MS = Number(import.meta.env.VITE_POLL_MS ?? 5000);

/** Calls at intervals, one call at a time, and not while nobody looks. */
export function usePoll(poll: () => Promise<unknown>) {
  const latest = useRef(poll);
  useEffect(() => {
    latest.current = poll;
  });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let ended = false;
    const tick = async () => {
      // A poll that fails is made up for by the next.
      if (!document.hidden) await latest.current().catch(() => undefined);
      if (!ended) timer = setTimeout(() => void tick(), POLL_MS);
    };
    timer = setTimeout(() => void tick(), POLL_MS);
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, []);
}
