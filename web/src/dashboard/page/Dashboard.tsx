import { useApolloClient } from '@apollo/client/react';
import { lazy, Suspense, useEffect, useMemo } from 'react';
import { JobFeed } from '../feed/job-feed.ts';
import { useStore } from '../feed/store.ts';
import { useJobs } from '../feed/use-jobs.ts';
import { JobList } from '../list/JobList.tsx';
import { JobPanel } from '../panel/JobPanel.tsx';
import { Announcements } from './Announcements.tsx';
import { Banner } from './Banner.tsx';
import { Header } from './Header.tsx';
import { useServices } from './services-context.ts';
import { SignIn } from './SignIn.tsx';
import { toListKey } from './url-state.ts';
import { ONE_COLUMN, useMedia } from './use-media.ts';

/** Loaded separately, so that the list does not wait for the chart library. */
const Charts = lazy(() => import('../charts/Charts.tsx'));

export function Dashboard() {
  const { urlState, connectionStatus, session } = useServices();
  const view = useStore(urlState);
  const { problem } = useStore(connectionStatus);
  const token = useStore(session);
  const feed = useFeed();
  const { edges } = useJobs(feed);
  const isPanelModal = useMedia(ONE_COLUMN) && view.job !== undefined;
  const needsToken = problem?.kind === 'unauthenticated';
  const hasList = !needsToken || edges.length > 0;

  useEffect(() => {
    if (token !== undefined) void feed.refresh();
  }, [token, feed]);

  return (
    <div className={view.job === undefined ? 'app' : 'app has-panel'}>
      <div className="app-main" inert={isPanelModal}>
        <Header
          arn={edges.find(({ node }) => node !== null)?.node?.invocationArn}
          hasList={hasList}
        />
        <main>
          <Banner hasJobs={edges.length > 0} onRetry={() => void feed.refresh()} />
          {needsToken && <SignIn />}
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
      {view.job !== undefined && <JobPanel key={view.job} arn={view.job} isModal={isPanelModal} />}
      <Announcements />
    </div>
  );
}

/** Creates a feed for the current list and stops the previous one. */
function useFeed(): JobFeed {
  const client = useApolloClient();
  const { urlState, connectionStatus } = useServices();
  const { status, since, until, oldestFirst } = useStore(urlState);
  const feed = useMemo(() => {
    const key = toListKey({ ...urlState.get(), status, since, until, oldestFirst });
    return new JobFeed(client, connectionStatus, key, urlState.get().startCursor);
  }, [client, connectionStatus, urlState, status, since, until, oldestFirst]);
  useEffect(() => feed.start(), [feed]);
  return feed;
}
