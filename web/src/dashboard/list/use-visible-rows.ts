import { useCallback, useSyncExternalStore } from 'react';

/** Rows rendered beyond the screen, so that they exist before they are scrolled into view. */
const OVERSCAN = 8;
/** Range boundaries are multiples of this, so that scrolling by one row rarely re-renders. */
const ROW_STEP = 4;

/**
 * Returns the index range of the rows on or near the screen, from `first` up to, but not
 * including, `end`. All rows have the same height.
 */
export function useVisibleRows(list: Element | null, count: number, rowHeight: number) {
  // A string, because `useSyncExternalStore` compares snapshots by identity.
  const read = useCallback(() => {
    const top = list ? -list.getBoundingClientRect().top : 0;
    const roundDown = (value: number) => Math.floor(value / ROW_STEP) * ROW_STEP;
    const first = Math.max(0, roundDown(top / rowHeight - OVERSCAN));
    const end = roundDown((top + innerHeight) / rowHeight + OVERSCAN) + ROW_STEP;
    return `${Math.min(first, count)} ${Math.max(0, Math.min(end, count))}`;
  }, [list, count, rowHeight]);
  const [first = 0, end = 0] = useSyncExternalStore(subscribeToViewport, read)
    .split(' ')
    .map(Number);
  return { first, end };
}

export function subscribeToViewport(onChange: () => void): () => void {
  addEventListener('scroll', onChange, { passive: true });
  addEventListener('resize', onChange);
  return () => {
    removeEventListener('scroll', onChange);
    removeEventListener('resize', onChange);
  };
}
