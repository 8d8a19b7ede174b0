import { useEffect } from 'react';
import { useServices } from '../page/services-context.ts';
import type { ScrollOptions } from './use-scroll-anchoring.ts';
import { subscribeToViewport } from './use-visible-rows.ts';

const SCROLL_END_MS = 400;

/** Writes the position to the URL when scrolling ends, so that a reload shows the same jobs. */
export function useScrollPositionInUrl(options: ScrollOptions): void {
  const { list, stickyHeader, edges, rowHeight, isAtStart } = options;
  const { urlState } = useServices();
  useEffect(() => {
    if (!list || edges.length === 0) return undefined;
    let timer: number | undefined;
    const updateUrl = () => {
      const headerBottom = stickyHeader.current?.getBoundingClientRect().bottom ?? 0;
      const first = Math.ceil((headerBottom - list.getBoundingClientRect().top) / rowHeight);
      const previous = first > 0 ? edges[first - 1] : undefined;
      if (previous) urlState.update({ startCursor: previous.cursor }, 'replace');
      else if (isAtStart) urlState.update({ startCursor: undefined }, 'replace');
    };
    const scheduleUpdate = () => {
      clearTimeout(timer);
      timer = window.setTimeout(updateUrl, SCROLL_END_MS);
    };
    const unsubscribe = subscribeToViewport(scheduleUpdate);
    // New rows re-run this effect and cancel a pending update without another scroll event.
    scheduleUpdate();
    return () => {
      clearTimeout(timer);
      unsubscribe();
    };
  }, [urlState, list, stickyHeader, edges, rowHeight, isAtStart]);
}
