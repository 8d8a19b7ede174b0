import { useState } from 'react';
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
import { usePoll } from './usePoll.ts';

const PAGE = 200;

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
  const hasOlder = newestFirst ? pages.hasNext : pages.hasPrevious;
  const loading = newestFirst ? pages.isLoadingNext : pages.isLoadingPrevious;

  const [error, setError] = useState<Error | null>(null);
  const environment = useRelayEnvironment();
  // Polls what comes after the newest job that is known, and those jobs that run: no other job can change.
  usePoll(async () => {
    loadNewer(PAGE);
    const ids = edges.flatMap(({ node }) => (node?.status === 'IN_PROGRESS' ? [node.id] : []));
    if (ids.length === 0) return;
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
      { ids: ids.slice(0, 100) },
    ).toPromise();
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
