import { useCallback, useSyncExternalStore } from 'react';

export const PHONE = '(max-width: 43.99rem)';
/** Too narrow to show the list and a job's details side by side. */
export const ONE_COLUMN = '(max-width: 68.99rem)';

export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (onChange: () => void) => {
      const media = matchMedia(query);
      media.addEventListener('change', onChange);
      return () => {
        media.removeEventListener('change', onChange);
      };
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches);
}
