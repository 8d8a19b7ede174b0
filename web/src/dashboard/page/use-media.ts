import { useCallback, useSyncExternalStore } from 'react';

export const PHONE = '(max-width: 43.99rem)';
/** Too narrow for the list and a job's details beside each other. */
export const ONE_COLUMN = '(max-width: 68.99rem)';

export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (change: () => void) => {
      const media = matchMedia(query);
      media.addEventListener('change', change);
      return () => {
        media.removeEventListener('change', change);
      };
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches);
}
