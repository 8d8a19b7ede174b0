import { useCallback, useEffect, useEffectEvent, useRef, useState } from 'react';
import { useIsLive } from './socket.ts';

/** Changes come in bunches. */
const SOON_MS = 100;
const POLL_MS = Number(import.meta.env.VITE_POLL_MS ?? 5000);
/** What changes after a page was read and before the first word of a stream is told by neither. */
const LIVE_POLL_MS = Number(import.meta.env.VITE_LIVE_POLL_MS ?? 60_000);

/** Reads as soon as the socket is open and whenever it is asked to, else now and then; often while there is no socket. */
export function useCatchUp(read: () => Promise<unknown>): () => void {
  const isLive = useIsLive();
  const [asked, setAsked] = useState(0);
  const underWay = useRef<Promise<unknown>>(Promise.resolve());
  const readNow = useEffectEvent(() => (underWay.current = read()));
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let ended = false;
    const isCaughtUp = async () => {
      if (document.hidden) return false;
      // A read that fails is made up for by the next.
      return readNow().then(
        () => true,
        () => false,
      );
    };
    const tick = async () => {
      await underWay.current.catch(() => undefined);
      if (ended) return;
      const pause = (await isCaughtUp()) && isLive ? LIVE_POLL_MS : POLL_MS;
      if (!ended) timer = setTimeout(() => void tick(), pause);
    };
    timer = setTimeout(() => void tick(), isLive ? SOON_MS : POLL_MS);
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [isLive, asked]);
  return useCallback(() => setAsked((times) => times + 1), []);
}
