import { useCallback, useSyncExternalStore } from 'react';

/** Returns the time, rounded down to the interval. Re-renders once per interval. */
export function useNow(intervalMs: number): number {
  const subscribe = useCallback(
    (onTick: () => void) => {
      const timer = setInterval(onTick, Math.min(intervalMs, 1000));
      return () => {
        clearInterval(timer);
      };
    },
    [intervalMs],
  );
  return useSyncExternalStore(subscribe, () => Math.floor(Date.now() / intervalMs) * intervalMs);
}
