import { useQuery } from '@apollo/client/react';
import { useDeferredValue, useMemo } from 'react';
import {
  type JobPointFragment,
  JobPointsDocument,
  type JobPointsQuery,
} from '../__generated__/graphql.ts';
import type { JobFeed } from '../feed/job-feed.ts';
import { useJobs } from '../feed/use-jobs.ts';
import { formatCount, formatShortDateTime, STATUS_LABELS } from '../page/format.ts';
import { PHONE, useMedia } from '../page/use-media.ts';
import { binBySubmitTime, durationsByModel, extent, STATUSES } from './bins.ts';
import { DurationsByModel } from './DurationsByModel.tsx';
import { JobsOverTime } from './JobsOverTime.tsx';

const MAX_BINS = 56;
const MAX_PHONE_BINS = 24;

/** Charts of the loaded jobs, with a note of the period that they cover. */
export default function Charts({ feed }: { readonly feed: JobFeed }) {
  const points = useDeferredValue(usePoints(feed));
  const { hasNextPage, hasPreviousPage } = useJobs(feed).pageInfo;
  const maxBins = useMedia(PHONE) ? MAX_PHONE_BINS : MAX_BINS;
  const bins = useMemo(() => binBySubmitTime(points, maxBins), [points, maxBins]);
  const models = useMemo(() => durationsByModel(points), [points]);
  const coverageText = coverage(points, hasNextPage || hasPreviousPage);
  return (
    <section className="charts" aria-label="Charts">
      <div className="card chart">
        <header>
          <h2>Jobs over time</h2>
          <Totals points={points} />
        </header>
        <JobsOverTime bins={bins} />
        <p className="coverage">{coverageText}</p>
      </div>
      <div className="card chart">
        <header>
          <h2>Duration by model</h2>
        </header>
        <DurationsByModel models={models} />
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
  const totals = STATUSES.map((status) => ({
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
            {STATUS_LABELS[status]} <strong>{total}</strong>
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
    ? `the ${formatCount(points.length, 'job')} loaded so far`
    : formatCount(points.length, 'job');
  return `Shows ${which}, submitted ${formatShortDateTime(min)} to ${formatShortDateTime(max)}.`;
}
