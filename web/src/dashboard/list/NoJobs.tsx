import { type ReactNode, useState } from 'react';
import type { JobFeed } from '../feed/job-feed.ts';
import { useStore } from '../feed/store.ts';
import { Icon } from '../page/Icon.tsx';
import { useServices } from '../page/services-context.ts';

interface NoJobsProps {
  readonly feed: JobFeed;
  /** Whether the gateway stopped searching before the end of the list. */
  readonly hasMore: boolean;
}

/** The empty state of the list. */
export function NoJobs({ feed, hasMore }: NoJobsProps) {
  const { status, since, until } = useStore(useServices().urlState);
  const isFiltered = status ?? since ?? until;
  if (hasMore) return <NoMatchesSoFar feed={feed} />;
  if (isFiltered) return <NoMatches />;
  return (
    <EmptyState>
      <p>No jobs yet.</p>
      <p className="muted">
        Jobs started with <code>StartAsyncInvoke</code> will appear here.
      </p>
    </EmptyState>
  );
}

function NoMatchesSoFar({ feed }: { readonly feed: JobFeed }) {
  const isLoading = useStore(feed).loading.after;
  const [hasContinued, setHasContinued] = useState(false);
  return (
    <EmptyState>
      <p>{isLoading ? 'Searching…' : 'No matching jobs so far.'}</p>
      {!isLoading && hasContinued && <p className="muted">The last search found no jobs either.</p>}
      <button
        type="button"
        className="button"
        onClick={() => {
          setHasContinued(true);
          void feed.loadMore('after');
        }}
      >
        Continue searching
      </button>
    </EmptyState>
  );
}

function NoMatches() {
  const { urlState } = useServices();
  return (
    <EmptyState>
      <p>No matching jobs.</p>
      <button
        type="button"
        className="button"
        onClick={() => {
          urlState.update({
            status: undefined,
            since: undefined,
            until: undefined,
            startCursor: undefined,
          });
        }}
      >
        Show all jobs
      </button>
    </EmptyState>
  );
}

function EmptyState({ children }: { readonly children: ReactNode }) {
  return (
    <div className="empty" role="status">
      <Icon name="empty" />
      {children}
    </div>
  );
}
