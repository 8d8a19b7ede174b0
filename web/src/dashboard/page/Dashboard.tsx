import { useApolloClient } from '@apollo/client/react';
import { lazy, Suspense, useEffect, useMemo } from 'react';
import { JobFeed } from '../feed/job-feed.ts';
import { useStore } from '../feed/store.ts';
import { useJobs } from '../feed/use-jobs.ts';
import { JobList } from '../list/JobList.tsx';
import { JobPanel } from '../panel/JobPanel.tsx';
import { listKeyOf } from './address.ts';
import { Announcements } from './Announcements.tsx';
import { Banner } from './Banner.tsx';
import { Header } from './Header.tsx';
import { useServices } from './services.ts';
import { SignIn } from './SignIn.tsx';
import { ONE_COLUMN, useMedia } from './use-media.ts';

/** Charts come after the list: whoever looks for a job does not wait for them. */
const Charts = lazy(() => import('../charts/Charts.tsx'));

export function Dashboard() {
  const { address, health, session } = useServices();
  const view = useStore(address);
  const { trouble } = useStore(health);
  const token = useStore(session);
  const feed = useFeed();
  const { edges } = useJobs(feed);
  const isCovered = useMedia(ONE_COLUMN) && view.job !== undefined;
  const asksForToken = trouble?.kind === 'unauthenticated';
  const hasList = !asksForToken || edges.length > 0;

  useEffect(() => {
    if (token !== undefined) void feed.beat();
  }, [token, feed]);

  return (
    <div className={view.job === undefined ? 'app' : 'app has-panel'}>
      <div className="app-main" inert={isCovered}>
        <Header
          arn={edges.find(({ node }) => node !== null)?.node?.invocationArn}
          hasList={hasList}
        />
        <main>
          <Banner hasJobs={edges.length > 0} onRetry={() => void feed.beat()} />
          {asksForToken && <SignIn />}
          {hasList && (
            <>
              <Suspense fallback={<div className="charts is-loading" />}>
                <Charts feed={feed} />
              </Suspense>
              <JobList feed={feed} />
            </>
          )}
        </main>
      </div>
      {view.job !== undefined && <JobPanel key={view.job} arn={view.job} isModal={isCovered} />}
      <Announcements />
    </div>
  );
}

/** A feed for each list; the one before stops. */
function useFeed(): JobFeed {
  const client = useApolloClient();
  const { address, health } = useServices();
  const { status, since, until, oldestFirst } = useStore(address);
  const feed = useMemo(() => {
    const key = listKeyOf({ ...address.get(), status, since, until, oldestFirst });
    return new JobFeed(client, health, key, address.get().at);
  }, [client, health, address, status, since, until, oldestFirst]);
  useEffect(() => feed.start(), [feed]);
  return feed;
}
