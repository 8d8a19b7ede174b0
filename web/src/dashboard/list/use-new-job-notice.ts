import { type RefObject, useEffect } from 'react';
import type { JobFeed } from '../feed/job-feed.ts';
import { useStore } from '../feed/store.ts';
import { formatCount } from '../page/format.ts';
import { useServices } from '../page/services-context.ts';
import { subscribeToViewport } from './use-visible-rows.ts';

const TITLE = document.title;

interface NewJobNoticeOptions {
  readonly feed: JobFeed;
  readonly list: HTMLElement | null;
  readonly stickyHeader: RefObject<HTMLElement | null>;
}

/** Announces new jobs, and counts them until they are visible on screen. */
export function useNewJobNotice({ feed, list, stickyHeader }: NewJobNoticeOptions) {
  const { announcer } = useServices();
  const { newCount } = useStore(feed);
  const isNewestFirst = feed.key.orderBy.direction !== 'ASC';

  useEffect(() => {
    if (newCount === 0) return undefined;
    announcer.announce(formatCount(newCount, 'new job'));
    document.title = `(${newCount}) ${TITLE}`;
    const markSeenIfVisible = () => {
      if (document.hidden || !list) return;
      const { top, bottom } = list.getBoundingClientRect();
      const headerBottom = stickyHeader.current?.getBoundingClientRect().bottom ?? 0;
      if (isNewestFirst ? top >= headerBottom - 1 : bottom <= innerHeight) feed.markSeen();
    };
    const unsubscribe = subscribeToViewport(markSeenIfVisible);
    document.addEventListener('visibilitychange', markSeenIfVisible);
    // Waits for the layout of the new rows.
    const frame = requestAnimationFrame(markSeenIfVisible);
    return () => {
      unsubscribe();
      document.removeEventListener('visibilitychange', markSeenIfVisible);
      cancelAnimationFrame(frame);
      document.title = TITLE;
    };
  }, [newCount, announcer, feed, list, stickyHeader, isNewestFirst]);

  return {
    count: newCount,
    show: () => {
      feed.markSeen();
      list?.scrollIntoView({ block: isNewestFirst ? 'start' : 'end' });
      list?.querySelector<HTMLElement>('[tabindex="0"]')?.focus({ preventScroll: true });
    },
  };
}
