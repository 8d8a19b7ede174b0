import { type RefObject, useEffect } from 'react';
import type { JobFeed } from '../feed/job-feed.ts';
import { useStore } from '../feed/store.ts';
import { useServices } from '../page/services.ts';
import { count } from '../page/text.ts';
import { watchScroll } from './use-visible-rows.ts';

interface ArrivalsOf {
  readonly feed: JobFeed;
  readonly list: HTMLElement | null;
  readonly cover: RefObject<HTMLElement | null>;
}

/** New jobs that came in out of sight, until they have been seen. */
export function useArrivals({ feed, list, cover }: ArrivalsOf) {
  const { announcer } = useServices();
  const { arrived } = useStore(feed);
  const isNewestFirst = feed.key.orderBy.direction !== 'ASC';

  useEffect(() => {
    if (arrived === 0) return undefined;
    announcer.say(count(arrived, 'new job'));
    document.title = `(${arrived}) ${TITLE}`;
    const look = () => {
      if (document.hidden || !list) return;
      const { top, bottom } = list.getBoundingClientRect();
      const covered = cover.current?.getBoundingClientRect().bottom ?? 0;
      if (isNewestFirst ? top >= covered - 1 : bottom <= innerHeight) feed.seen();
    };
    const ignore = watchScroll(look);
    document.addEventListener('visibilitychange', look);
    // After the rows have taken their places.
    const frame = requestAnimationFrame(look);
    return () => {
      ignore();
      document.removeEventListener('visibilitychange', look);
      cancelAnimationFrame(frame);
      document.title = TITLE;
    };
  }, [arrived, announcer, feed, list, cover, isNewestFirst]);

  return {
    number: arrived,
    isNoted: arrived > 0,
    show: () => {
      feed.seen();
      list?.scrollIntoView({ block: isNewestFirst ? 'start' : 'end' });
      list?.querySelector<HTMLElement>('[tabindex="0"]')?.focus({ preventScroll: true });
    },
  };
}

const TITLE = document.title;
