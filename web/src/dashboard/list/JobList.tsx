import { type Ref, useRef, useState } from 'react';
import type { JobFeed } from '../feed/job-feed.ts';
import { useStore } from '../feed/store.ts';
import { useJobs } from '../feed/use-jobs.ts';
import { formatCount } from '../page/format.ts';
import { Icon } from '../page/Icon.tsx';
import { useServices } from '../page/services-context.ts';
import { PHONE, useMedia } from '../page/use-media.ts';
import { COLUMNS, JobGrid } from './JobGrid.tsx';
import { NoJobs } from './NoJobs.tsx';
import { Toolbar } from './Toolbar.tsx';
import { useInfiniteScroll } from './use-infinite-scroll.ts';
import { useNewJobNotice } from './use-new-job-notice.ts';
import { useScrollAnchoring } from './use-scroll-anchoring.ts';
import { useScrollPositionInUrl } from './use-scroll-position-in-url.ts';
import { useVisibleRows } from './use-visible-rows.ts';

/** Must equal `--row-height` in `tokens.css`, as must the height on phones. */
const ROW_HEIGHT = 52;
const PHONE_ROW_HEIGHT = 84;

/** A virtualized list that loads more jobs in both directions as the user scrolls. */
export function JobList({ feed }: { readonly feed: JobFeed }) {
  const { problem } = useStore(useServices().connectionStatus);
  const { isReady, loading, hasInvalidCursor } = useStore(feed);
  const { edges, pageInfo } = useJobs(feed);
  const { hasNextPage, hasPreviousPage } = pageInfo;
  const rowHeight = useMedia(PHONE) ? PHONE_ROW_HEIGHT : ROW_HEIGHT;

  const stickyHeader = useRef<HTMLDivElement>(null);
  const [list, setList] = useState<HTMLElement | null>(null);
  const { first, end } = useVisibleRows(list, edges.length, rowHeight);
  const scroll = { list, stickyHeader, edges, rowHeight, isAtStart: !hasPreviousPage };
  useScrollAnchoring(scroll);
  useScrollPositionInUrl(scroll);
  useInfiniteScroll({ feed, first, end });
  const newJobs = useNewJobNotice({ feed, list, stickyHeader });

  const isPartial = hasNextPage || hasPreviousPage;
  return (
    <section className="list card" id="jobs" aria-label="Jobs" tabIndex={-1}>
      <ListHeader
        ref={stickyHeader}
        summary={isReady ? summarize(edges.length, isPartial) : ''}
        newCount={newJobs.count}
        onShowNew={newJobs.show}
      />
      {hasInvalidCursor && (
        <p className="list-note">
          The position in the URL belongs to another list. This list starts at the beginning.
        </p>
      )}
      <JobGrid
        list={list}
        setList={setList}
        edges={edges}
        first={first}
        end={end}
        rowHeight={rowHeight}
        isPartial={isPartial}
        isBusy={!isReady && !problem}
        isHidden={isReady && edges.length === 0}
      />
      {!isReady && edges.length === 0 && <Skeleton isPaused={problem !== undefined} />}
      {isReady && edges.length === 0 && <NoJobs feed={feed} hasMore={hasNextPage} />}
      {edges.length > 0 && <p className="list-footer">{footerText(hasNextPage, loading.after)}</p>}
    </section>
  );
}

interface ListHeaderProps {
  readonly ref: Ref<HTMLDivElement>;
  readonly summary: string;
  readonly newCount: number;
  readonly onShowNew: () => void;
}

function ListHeader({ ref, summary, newCount, onShowNew }: ListHeaderProps) {
  return (
    <div className="list-header" ref={ref}>
      <Toolbar summary={summary} />
      <div className="column-headers" aria-hidden="true">
        {COLUMNS.map((column) => (
          <span key={column}>{column}</span>
        ))}
      </div>
      {newCount > 0 && (
        <button type="button" className="new-jobs-button" onClick={onShowNew}>
          <Icon name="up" />
          {formatCount(newCount, 'new job')}
        </button>
      )}
    </div>
  );
}

function summarize(number: number, isPartial: boolean): string {
  return isPartial ? `${formatCount(number, 'job')} loaded` : formatCount(number, 'job');
}

function footerText(hasNextPage: boolean, isLoading: boolean): string {
  if (!hasNextPage) return 'No more jobs.';
  return isLoading ? 'Loading more…' : 'Scroll down for more';
}

function Skeleton({ isPaused }: { readonly isPaused: boolean }) {
  return (
    <div className={isPaused ? 'skeleton is-paused' : 'skeleton'} aria-hidden="true">
      {Array.from({ length: 8 }, (_, index) => (
        <div key={index}>
          <i />
          <i />
          <i />
        </div>
      ))}
    </div>
  );
}
