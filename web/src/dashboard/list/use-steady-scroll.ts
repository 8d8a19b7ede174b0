import { type RefObject, useLayoutEffect, useRef } from 'react';
import { type JobEdge, rowKey } from '../feed/use-jobs.ts';

interface SteadyScroll {
  readonly list: HTMLElement | null;
  /** What covers the top of the list while it is scrolled. */
  readonly cover: RefObject<HTMLElement | null>;
  readonly edges: readonly JobEdge[];
  readonly rowHeight: number;
  /** Whether the list begins at its own beginning. */
  readonly isAtBeginning: boolean;
}

/**
 * Rows that come or go above what is being read do not move it. At the top of the list, with neither the pointer nor the
 * focus in it, nothing is being read: there new rows are seen to come in.
 */
export function useSteadyScroll({ list, cover, edges, rowHeight, isAtBeginning }: SteadyScroll) {
  const before = useRef({ edges, isAtBeginning });
  useLayoutEffect(() => {
    const { edges: old, isAtBeginning: wasAtBeginning } = before.current;
    before.current = { edges, isAtBeginning };
    if (!list || old === edges) return;
    const hidden =
      (cover.current?.getBoundingClientRect().bottom ?? 0) - list.getBoundingClientRect().top;
    const isReading = hidden > 1 || !wasAtBeginning || list.matches(':hover, :focus-within');
    if (!isReading) return;
    const places = new Map(edges.map((edge, index) => [rowKey(edge), index]));
    for (let index = Math.max(0, Math.floor(hidden / rowHeight)); index < old.length; index += 1) {
      const edge = old[index];
      const place = edge && places.get(rowKey(edge));
      if (place === undefined) continue;
      if (place !== index) window.scrollBy(0, (place - index) * rowHeight);
      return;
    }
  }, [list, cover, edges, rowHeight, isAtBeginning]);
}
