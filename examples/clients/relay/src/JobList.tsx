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

const PAGE_SIZE = 200;
/** Maximum number of ids that `nodes` accepts. */
const MAX_IDS = 100;

interface Props {
  filter: AsyncInvokeFilter | null;
  direction: AsyncInvokeOrderDirection;
}

/**
 * Opens at the newest jobs, which are at the start or the end of the list depending on the order,
 * and loads older ones from there.
 */
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
    {
      filter,
      orderBy: { direction },
      ...(newestFirst ? { first: PAGE_SIZE } : { last: PAGE_SIZE }),
    },
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
  // Reads only what follows the newest known job. The store joins it to the list.
  const readNewer = useCatchUp(
    () =>
      new Promise<void>((resolve, reject) => {
        const onComplete = (error: Error | null) => (error ? reject(error) : resolve());
        loadNewer(PAGE_SIZE, { onComplete });
      }),
  );
  useEffect(() => {
    if (hasNewer) readNewer();
  }, [hasNewer, edges.length, readNewer]);
  // Reads the jobs in progress again: only they can have changed while no events arrived.
  useCatchUp(async () => {
    const ids = edges.flatMap(({ node }) => (node?.status === 'IN_PROGRESS' ? [node.id] : []));
    for (let from = 0; from < ids.length; from += MAX_IDS) {
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
        { ids: ids.slice(from, from + MAX_IDS) },
      ).toPromise();
    }
  });
  // The store has already applied the change to known jobs. Only a new job needs another read.
  const newest = edges.at(newestFirst ? 0 : -1)?.node;
  useJobChanges(({ id, submitTime }) => {
    const isNew = (submitTime ?? '') >= (newest?.submitTime ?? '');
    if (isNew && !edges.some(({ node }) => node?.id === id)) readNewer();
  });

  const olderControls = (
    <>
      {error && <p role="alert">{error.message}</p>}
      {hasOlder && (
        <OlderButton
          auto={newestFirst && !error}
          loading={loading}
          onLoad={() => loadOlder(PAGE_SIZE, { onComplete: setError })}
        />
      )}
    </>
  );
  return (
    <>
      {newestFirst || olderControls}
      <ol>{edges.map(({ cursor, node }) => node && <JobRow key={cursor} job={node} />)}</ol>
      {newestFirst && olderControls}
    </>
  );
}
