import { useCallback, useSyncExternalStore } from 'react';

/** Beyond what is seen, so that rows are there before they are scrolled to. */
const OVERSCAN = 8;
/** Rendering again for every row that is scrolled by would be too often. */
const STEP = 4;

/** The rows, from `first` up to but not including `end`, that are on the screen or near it. All rows are equally high. */
export function useVisibleRows(list: Element | null, count: number, rowHeight: number) {
  const read = useCallback(() => {
    const top = list ? -list.getBoundingClientRect().top : 0;
    const down = (value: number) => Math.floor(value / STEP) * STEP;
    const first = Math.max(0, down(top / rowHeight - OVERSCAN));
    const end = down((top + innerHeight) / rowHeight + OVERSCAN) + STEP;
    return `${Math.min(first, count)} ${Math.max(0, Math.min(end, count))}`;
  }, [list, count, rowHeight]);
  const [first = 0, end = 0] = useSyncExternalStore(watchScroll, read).split(' ').map(Number);
  return { first, end };
}

export function watchScroll(changed: () => void): () => void {
  addEventListener('scroll', changed, { passive: true });
  addEventListener('resize', changed);
  return () => {
    removeEventListener('scroll', changed);
    removeEventListener('resize', changed);
  };
}
