import { useQuery } from '@apollo/client/react';
import { useCallback, useEffect, useState } from 'react';
import { graphql } from './gql';
import type { AsyncInvokeFilter, AsyncInvokeOrderDirection } from './gql/graphql';
import { JobRow } from './JobRow.tsx';
import { OlderButton } from './OlderButton.tsx';
import { useCatchUp } from './useCatchUp.ts';
import { useJobChanges } from './useJobChanges.ts';

const JOBS = graphql(`
  query Jobs(
    $filter: AsyncInvokeFilter
    $orderBy: AsyncInvokeOrder
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) {
    asyncInvokes(
      filter: $filter
      orderBy: $orderBy
      first: $first
      after: $after
      last: $last
      before: $before
    ) {
      edges {
        cursor
        node {
          id
          status
          submitTime
          ...JobRow
        }
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
`);

const RUNNING_JOBS = graphql(`
  query RunningJobs($ids: [ID!]!) {
    nodes(ids: $ids) {
      ... on AsyncInvokeSummary {
        id
        status
        ...JobRow
      }
    }
  }
`);

const PAGE_SIZE = 200;
/** Maximum number of ids that `nodes` accepts. */
const MAX_IDS = 100;
const fetchPolicy = 'network-only';

interface Props {
  filter: AsyncInvokeFilter | null;
  direction: AsyncInvokeOrderDirection;
}

/**
 * Opens at the newest jobs, which are at the start or the end of the list depending on the order,
 * and loads older ones from there.
 */
export function JobList({ filter, direction }: Props) {
  const list = { filter, orderBy: { direction } };
  const newestFirst = direction === 'DESC';
  const opening = newestFirst ? { first: PAGE_SIZE } : { last: PAGE_SIZE };
  const { client, data, error, refetch, fetchMore } = useQuery(JOBS, {
    variables: { ...list, ...opening },
  });
  const { edges = [], pageInfo } = data?.asyncInvokes ?? {};
  const { startCursor, endCursor } = pageInfo ?? {};

  const [older, setOlder] = useState<{ loading: boolean; error?: Error }>({ loading: false });
  const loadOlder = useCallback(() => {
    setOlder({ loading: true });
    const page = newestFirst ? { after: endCursor } : { before: startCursor };
    fetchMore({ variables: page }).then(
      () => setOlder({ loading: false }),
      (error: Error) => setOlder({ loading: false, error }),
    );
  }, [newestFirst, startCursor, endCursor, fetchMore]);

  // Reads only what follows the newest known job. The cache joins it to the list.
  const readNewer = useCatchUp(async () => {
    const newer = newestFirst
      ? { last: PAGE_SIZE, before: startCursor }
      : { first: PAGE_SIZE, after: endCursor };
    const variables = { ...list, ...(edges.length > 0 ? newer : opening) };
    if (data) await client.query({ query: JOBS, variables, fetchPolicy });
  });
  const hasNewer = newestFirst ? pageInfo?.hasPreviousPage : pageInfo?.hasNextPage;
  useEffect(() => {
    if (hasNewer) readNewer();
  }, [hasNewer, startCursor, endCursor, readNewer]);
  // Reads the jobs in progress again: only they can have changed while no events arrived.
  useCatchUp(async () => {
    const ids = edges.flatMap(({ node }) => (node?.status === 'IN_PROGRESS' ? [node.id] : []));
    for (let from = 0; from < ids.length; from += MAX_IDS) {
      const variables = { ids: ids.slice(from, from + MAX_IDS) };
      await client.query({ query: RUNNING_JOBS, variables, fetchPolicy });
    }
  });
  // The cache has already applied the change to known jobs. Only a new job needs another read.
  const newest = edges.at(newestFirst ? 0 : -1)?.node;
  useJobChanges(({ id, submitTime }) => {
    const isNew = (submitTime ?? '') >= (newest?.submitTime ?? '');
    if (isNew && !edges.some(({ node }) => node?.id === id)) readNewer();
  });

  if (error) {
    return (
      <p role="alert">
        {error.message} <button onClick={() => void refetch()}>Try again</button>
      </p>
    );
  }
  if (!data) return <p>Loading…</p>;
  const rows = edges.map(({ cursor, node }) => node && <JobRow key={cursor} job={node} />);
  const olderControls = (
    <>
      {older.error && <p role="alert">{older.error.message}</p>}
      {(newestFirst ? pageInfo?.hasNextPage : pageInfo?.hasPreviousPage) && (
        <OlderButton
          auto={newestFirst && !older.error}
          loading={older.loading}
          onLoad={loadOlder}
        />
      )}
    </>
  );
  return (
    <>
      {newestFirst || olderControls}
      <ol>{rows}</ol>
      {newestFirst && olderControls}
    </>
  );
}
