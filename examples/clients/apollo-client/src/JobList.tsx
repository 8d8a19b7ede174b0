import { useQuery } from '@apollo/client/react';
import { useCallback, useState } from 'react';
import { graphql } from './gql';
import type { AsyncInvokeFilter, AsyncInvokeOrderDirection } from './gql/graphql';
import { JobRow } from './JobRow.tsx';
import { OlderButton } from './OlderButton.tsx';

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

const PAGE = 200;
const POLL = {
  pollInterval: Number(import.meta.env.VITE_POLL_MS ?? 5000),
  skipPollAttempt: () => document.hidden,
  fetchPolicy: 'network-only',
  notifyOnNetworkStatusChange: false,
} as const;

interface Props {
  filter: AsyncInvokeFilter | null;
  direction: AsyncInvokeOrderDirection;
}

/** Opens at the newest jobs, which are at the start of the list or at its end, and reads towards the older ones. */
export function JobList({ filter, direction }: Props) {
  const list = { filter, orderBy: { direction } };
  const newestFirst = direction === 'DESC';
  const opening = newestFirst ? { first: PAGE } : { last: PAGE };
  const { data, error, refetch, fetchMore } = useQuery(JOBS, {
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

  // Polls what comes after the newest job that is known, not a page that is known: the cache joins it to the list.
  const newer = newestFirst
    ? { last: PAGE, before: startCursor }
    : { first: PAGE, after: endCursor };
  useQuery(JOBS, {
    ...POLL,
    variables: { ...list, ...(edges.length > 0 ? newer : opening) },
    skip: !data,
  });
  // Only jobs that run can change. The cache hands what is new about them to their rows.
  const ids = edges.flatMap(({ node }) => (node?.status === 'IN_PROGRESS' ? [node.id] : []));
  useQuery(RUNNING_JOBS, {
    ...POLL,
    variables: { ids: ids.slice(0, 100) },
    skip: ids.length === 0,
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
  const end = (
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
      {newestFirst || end}
      <ol>{rows}</ol>
      {newestFirst && end}
    </>
  );
}
