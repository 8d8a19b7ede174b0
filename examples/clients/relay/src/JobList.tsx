import { useEffect, useState } from 'react';
import {
  fetchQuery,
  graphql,
  useLazyLoadQuery,
  usePaginationFragment,
  useRelayEnvironment,
} from 'react-relay';
import type { JobList_jobs$key } from './__generated__/JobList_jobs.graphql';
import type { JobListPageQuery } from './__generated__/JobListPageQuery.graphql';
import type {
  AsyncInvokeFilter,
  AsyncInvokeOrderDirection,
  JobListQuery,
} from './__generated__/JobListQuery.graphql';
import type { JobListRunningQuery } from './__generated__/JobListRunningQuery.graphql';
import { JobRow } from './JobRow.tsx';
import { OlderButton } from './OlderButton.tsx';
import { useCatchUp } from './useCatchUp.ts';
import { useJobChanges } from './useJobChanges.ts';

const PAGE = 200;
/** The most that `nodes` takes. */
const MOST_IDS = 100;

interface Props {
  filter: AsyncInvokeFilter | null;
  direction: AsyncInvokeOrderDirection;
}

/** Opens at the newest jobs, which are at the start of the list or at its end, and reads towards the older ones. */
export function JobList({ filter, direction }: Props) {
  const newestFirst = direction === 'DESC';
  const query = useLazyLoadQuery<JobListQuery>(
    graphql`
      query JobListQuery(
        $filter: AsyncInvokeFilter
        $orderBy: AsyncInvokeOrder
        $first: Int
        $last: Int
      ) {
        ...JobList_jobs @arguments(filter: $filter, orderBy: $orderBy, first: $first, last: $last)
      }
    `,
    { filter, orderBy: { direction }, ...(newestFirst ? { first: PAGE } : { last: PAGE }) },
  );
  const { data, ...pages } = usePaginationFragment<JobListPageQuery, JobList_jobs$key>(
    graphql`
      fragment JobList_jobs on Query
      @refetchable(queryName: "JobListPageQuery")
      @argumentDefinitions(
        filter: { type: "AsyncInvokeFilter" }
        orderBy: { type: "AsyncInvokeOrder" }
        first: { type: "Int" }
        after: { type: "String" }
        last: { type: "Int" }
        before: { type: "String" }
      ) {
        asyncInvokes(
          filter: $filter
          orderBy: $orderBy
          first: $first
          after: $after
          last: $last
          before: $before
        ) @connection(key: "JobList_asyncInvokes", filters: ["filter", "orderBy"]) {
          edges {
            cursor
            node {
              id
              status
              submitTime
              ...JobRow_job
            }
          }
        }
      }
    `,
    query,
  );
  const edges = data.asyncInvokes?.edges ?? [];
  const [loadOlder, loadNewer] = newestFirst
    ? [pages.loadNext, pages.loadPrevious]
    : [pages.loadPrevious, pages.loadNext];
  const [hasOlder, hasNewer] = newestFirst
    ? [pages.hasNext, pages.hasPrevious]
    : [pages.hasPrevious, pages.hasNext];
  const loading = newestFirst ? pages.isLoadingNext : pages.isLoadingPrevious;

  const [error, setError] = useState<Error | null>(null);
  const environment = useRelayEnvironment();
  // Reads on from the newest job that is known, and no page that is known: the store joins both.
  const readNewer = useCatchUp(
    () =>
      new Promise<void>((resolve, reject) => {
        const onComplete = (error: Error | null) => (error ? reject(error) : resolve());
        loadNewer(PAGE, { onComplete });
      }),
  );
  useEffect(() => {
    if (hasNewer) readNewer();
  }, [hasNewer, edges.length, readNewer]);
  // What became of the jobs that ran while nobody told: no other job can change.
  useCatchUp(async () => {
    const ids = edges.flatMap(({ node }) => (node?.status === 'IN_PROGRESS' ? [node.id] : []));
    for (let from = 0; from < ids.length; from += MOST_IDS) {
      await fetchQuery<JobListRunningQuery>(
        environment,
        graphql`
          query JobListRunningQuery($ids: [ID!]!) {
            nodes(ids: $ids) {
              ... on AsyncInvokeSummary {
                status
                ...JobRow_job @alias(as: "row")
              }
            }
          }
        `,
        { ids: ids.slice(from, from + MOST_IDS) },
      ).toPromise();
    }
  });
  // The store has taken in what is told. Only a job that is new has no row that shows it.
  const newest = edges.at(newestFirst ? 0 : -1)?.node;
  useJobChanges(({ id, submitTime }) => {
    const isNew = (submitTime ?? '') >= (newest?.submitTime ?? '');
    if (isNew && !edges.some(({ node }) => node?.id === id)) readNewer();
  });

  const end = (
    <>
      {error && <p role="alert">{error.message}</p>}
      {hasOlder && (
        <OlderButton
          auto={newestFirst && !error}
          loading={loading}
          onLoad={() => loadOlder(PAGE, { onComplete: setError })}
        />
      )}
    </>
  );
  return (
    <>
      {newestFirst || end}
      <ol>{edges.map(({ cursor, node }) => node && <JobRow key={cursor} job={node} />)}</ol>
      {newestFirst && end}
    </>
  );
}
