import { useCallback, useSyncExternalStore } from 'react';

/** The time, in steps: a component is rendered again when another step has begun, and not before. */
export function useNow(stepMs: number): number {
  const subscribe = useCallback(
    (tick: () => void) => {
      const timer = setInterval(tick, Math.min(stepMs, 1000));
      return () => {
        clearInterval(timer);
      };
    },
    [stepMs],
  );
  return useSyncExternalStore(subscribe, () => Math.floor(Date.now() / stepMs) * stepMs);
}
