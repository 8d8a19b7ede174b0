import { type RefObject, useEffect } from 'react';
import type { JobEdge } from '../feed/use-jobs.ts';
import { useServices } from '../page/services.ts';
import { watchScroll } from './use-visible-rows.ts';

interface PlaceOf {
  readonly list: HTMLElement | null;
  readonly cover: RefObject<HTMLElement | null>;
  readonly edges: readonly JobEdge[];
  readonly rowHeight: number;
  readonly isAtBeginning: boolean;
}

const REST_MS = 400;

/** When scrolling comes to rest, the address names the place: reloaded, or given to others, it shows the same jobs. */
export function usePlaceInAddress({ list, cover, edges, rowHeight, isAtBeginning }: PlaceOf): void {
  const { address } = useServices();
  useEffect(() => {
    if (!list || edges.length === 0) return undefined;
    let timer: number | undefined;
    const note = () => {
      const covered = cover.current?.getBoundingClientRect().bottom ?? 0;
      const first = Math.ceil((covered - list.getBoundingClientRect().top) / rowHeight);
      const above = first > 0 ? edges[first - 1] : undefined;
      if (above) address.change({ at: above.cursor }, 'replace');
      else if (isAtBeginning) address.change({ at: undefined }, 'replace');
    };
    const noteAtRest = () => {
      clearTimeout(timer);
      timer = window.setTimeout(note, REST_MS);
    };
    const ignore = watchScroll(noteAtRest);
    // Rows that came in while it was coming to rest have not made it move again.
    noteAtRest();
    return () => {
      clearTimeout(timer);
      ignore();
    };
  }, [address, list, cover, edges, rowHeight, isAtBeginning]);
}
