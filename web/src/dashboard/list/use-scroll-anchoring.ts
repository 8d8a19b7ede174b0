import { type RefObject, useLayoutEffect, useRef } from 'react';
import { type JobEdge, rowKey } from '../feed/use-jobs.ts';

export interface ScrollOptions {
  readonly list: HTMLElement | null;
  /** Covers the top of the list while it is scrolled. */
  readonly stickyHeader: RefObject<HTMLElement | null>;
  readonly edges: readonly JobEdge[];
  readonly rowHeight: number;
  /** Whether the first loaded row is the first row of the list. */
  readonly isAtStart: boolean;
}

/**
 * Keeps the visible rows in place when rows above them are added or removed. At the top of the
 * list, without pointer or focus in it, the user is not reading, and new rows push the others down.
 */
export function useScrollAnchoring(options: ScrollOptions): void {
  const { list, stickyHeader, edges, rowHeight, isAtStart } = options;
  const previous = useRef({ edges, isAtStart });
  useLayoutEffect(() => {
    const { edges: oldEdges, isAtStart: wasAtStart } = previous.current;
    previous.current = { edges, isAtStart };
    if (!list || oldEdges === edges) return;
    const headerBottom = stickyHeader.current?.getBoundingClientRect().bottom ?? 0;
    const hiddenHeight = headerBottom - list.getBoundingClientRect().top;
    const isReading = hiddenHeight > 1 || !wasAtStart || list.matches(':hover, :focus-within');
    if (!isReading) return;
    const newIndexes = new Map(edges.map((edge, index) => [rowKey(edge), index]));
    const firstVisible = Math.max(0, Math.floor(hiddenHeight / rowHeight));
    for (let index = firstVisible; index < oldEdges.length; index += 1) {
      const edge = oldEdges[index];
      const newIndex = edge && newIndexes.get(rowKey(edge));
      if (newIndex === undefined) continue;
      if (newIndex !== index) window.scrollBy(0, (newIndex - index) * rowHeight);
      return;
    }
  }, [list, stickyHeader, edges, rowHeight, isAtStart]);
}
