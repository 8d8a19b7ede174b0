import { useState } from 'react';
import type { JobFeed } from '../feed/job-feed.ts';
import { useStore } from '../feed/store.ts';
import { Icon } from '../page/Icon.tsx';
import { useServices } from '../page/services.ts';

interface NoJobsProps {
  readonly feed: JobFeed;
  /** The search has stopped before the end: what is sought is rare. */
  readonly hasMore: boolean;
}

export function NoJobs({ feed, hasMore }: NoJobsProps) {
  const { address } = useServices();
  const { status, since, until } = useStore(address);
  const { reading } = useStore(feed);
  const [wasAsked, setWasAsked] = useState(false);
  const isFiltered = status ?? since ?? until;
  if (hasMore) {
    return (
      <div className="empty" role="status">
        <Icon name="empty" />
        <p>{reading.after ? 'Searching on…' : 'No match so far.'}</p>
        {!reading.after && wasAsked && (
          <p className="soft">The search went on, and found none yet.</p>
        )}
        <button
          type="button"
          className="button"
          onClick={() => {
            setWasAsked(true);
            void feed.extend('after');
          }}
        >
          Search on
        </button>
      </div>
    );
  }
  return (
    <div className="empty" role="status">
      <Icon name="empty" />
      {isFiltered ? (
        <>
          <p>No job matches.</p>
          <button
            type="button"
            className="button"
            onClick={() => {
              address.change({
                status: undefined,
                since: undefined,
                until: undefined,
                at: undefined,
              });
            }}
          >
            Show all jobs
          </button>
        </>
      ) : (
        <>
          <p>No jobs yet.</p>
          <p className="soft">
            A job that is started with <code>StartAsyncInvoke</code> appears here by itself.
          </p>
        </>
      )}
    </div>
  );
}
