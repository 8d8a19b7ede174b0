import { useEffect } from 'react';
import type { JobFeed } from '../feed/job-feed.ts';
import type { Direction } from '../feed/job-pages.ts';
import { useStore } from '../feed/store.ts';
import { useJobs } from '../feed/use-jobs.ts';
import { useServices } from '../page/services-context.ts';

/** In rows from either end of the loaded list. */
const LOAD_MORE_THRESHOLD = 12;

interface InfiniteScrollOptions {
  readonly feed: JobFeed;
  /** The rows near the screen: from `first` up to, but not including, `end`. */
  readonly first: number;
  readonly end: number;
}

/** Loads more jobs when the user scrolls close to an end of the loaded list. */
export function useInfiniteScroll({ feed, first, end }: InfiniteScrollOptions): void {
  const { isReady } = useStore(feed);
  const { edges, pageInfo } = useJobs(feed);
  const isNearEnd = end >= edges.length - LOAD_MORE_THRESHOLD;
  const isNearStart = first <= LOAD_MORE_THRESHOLD;
  useLoadMore(feed, 'after', isReady && pageInfo.hasNextPage && isNearEnd);
  useLoadMore(feed, 'before', isReady && pageInfo.hasPreviousPage && isNearStart);
}

/** Also runs when a problem ends, and so repeats a failed load. */
function useLoadMore(feed: JobFeed, direction: Direction, isWanted: boolean): void {
  const { problem } = useStore(useServices().connectionStatus);
  const isLoading = useStore(feed).loading[direction];
  useEffect(() => {
    if (isWanted && !isLoading && !problem) void feed.loadMore(direction);
  }, [feed, direction, isWanted, isLoading, problem]);
}
