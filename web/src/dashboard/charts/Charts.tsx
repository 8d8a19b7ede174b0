import { useQuery } from '@apollo/client/react';
import { useDeferredValue, useMemo } from 'react';
import {
  type JobPointFragment,
  JobPointsDocument,
  type JobPointsQuery,
} from '../__generated__/graphql.ts';
import type { JobFeed } from '../feed/job-feed.ts';
import { useJobs } from '../feed/use-jobs.ts';
import { STATUS_TEXT, count, shortDateTime } from '../page/text.ts';
import { PHONE, useMedia } from '../page/use-media.ts';
import { byModel, extent, overTime, SERIES } from './bins.ts';
import { Durations } from './Durations.tsx';
import { OverTime } from './OverTime.tsx';

const BINS = 56;
const PHONE_BINS = 24;

/** What the jobs that are loaded look like together. They say what they cover, which is not all there are. */
export default function Charts({ feed }: { readonly feed: JobFeed }) {
  const points = useDeferredValue(usePoints(feed));
  const { hasNextPage, hasPreviousPage } = useJobs(feed).pageInfo;
  const maxBins = useMedia(PHONE) ? PHONE_BINS : BINS;
  const bins = useMemo(() => overTime(points, maxBins), [points, maxBins]);
  const models = useMemo(() => byModel(points), [points]);
  const covers = coverage(points, hasNextPage || hasPreviousPage);
  return (
    <section className="charts" aria-label="Charts">
      <div className="card chart">
        <header>
          <h2>Jobs over time</h2>
          <Totals points={points} />
        </header>
        <OverTime bins={bins} />
        <p className="covers">{covers}</p>
      </div>
      <div className="card chart">
        <header>
          <h2>Duration by model</h2>
        </header>
        <Durations models={models} />
      </div>
    </section>
  );
}

const NO_EDGES: JobPointEdges = [];
type JobPointEdges = NonNullable<JobPointsQuery['asyncInvokes']>['edges'];

function usePoints(feed: JobFeed): readonly JobPointFragment[] {
  const { data } = useQuery(JobPointsDocument, { variables: feed.key, fetchPolicy: 'cache-only' });
  const edges = data?.asyncInvokes?.edges ?? NO_EDGES;
  return useMemo(() => edges.map(({ node }) => node).filter((node) => node !== null), [edges]);
}

function Totals({ points }: { readonly points: readonly JobPointFragment[] }) {
  const totals = SERIES.map((status) => ({
    status,
    total: points.filter((point) => (point.status ?? 'UNKNOWN') === status).length,
  }));
  return (
    <ul className="totals">
      {totals
        .filter(({ status, total }) => status !== 'UNKNOWN' || total > 0)
        .map(({ status, total }) => (
          <li key={status} data-status={status}>
            <i aria-hidden="true" />
            {STATUS_TEXT[status]} <strong>{total}</strong>
          </li>
        ))}
    </ul>
  );
}

function coverage(points: readonly JobPointFragment[], hasMore: boolean): string {
  const times = points
    .map(({ submitTime }) => Date.parse(submitTime ?? ''))
    .filter(Number.isFinite);
  if (times.length === 0) return 'No jobs to show.';
  const [min, max] = extent(times);
  const which = hasMore
    ? `the ${count(points.length, 'job')} loaded so far`
    : count(points.length, 'job');
  return `Covers ${which}, submitted ${shortDateTime(min)} to ${shortDateTime(max)}.`;
}
