import { useState } from 'react';
import { useClient, useQuery } from 'urql';
import { graphql } from './gql';
import type { AsyncInvokeFilter, AsyncInvokeOrderDirection } from './gql/graphql';
import { JobRow } from './JobRow.tsx';
import { OlderButton } from './OlderButton.tsx';
import { usePoll } from './usePoll.ts';

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
const FRESH = { requestPolicy: 'network-only' } as const;

interface Props {
  filter: AsyncInvokeFilter | null;
  direction: AsyncInvokeOrderDirection;
}

interface Page {
  first?: number;
  after?: string | null;
  last?: number;
  before?: string | null;
}

/** Opens at the newest jobs, which are at the start of the list or at its end, and reads towards the older ones. */
export function JobList({ filter, direction }: Props) {
  const client = useClient();
  const list = { filter, orderBy: { direction } };
  const newestFirst = direction === 'DESC';
  const opening: Page = newestFirst ? { first: PAGE } : { last: PAGE };
  const [{ data, error }, readList] = useQuery({
    query: JOBS,
    variables: { ...list, ...opening },
  });
  const { edges = [], pageInfo } = data?.asyncInvokes ?? {};
  const { startCursor, endCursor } = pageInfo ?? {};

  /** Fetches a page, which the cache joins to the list, and reads the list again, from the cache. */
  const load = async (page: Page) => {
    const answer = await client.query(JOBS, { ...list, ...page }, FRESH);
    if (answer.error) throw answer.error;
    readList({ requestPolicy: 'cache-first' });
  };

  const [older, setOlder] = useState<{ loading: boolean; error?: Error }>({ loading: false });
  const loadOlder = () => {
    setOlder({ loading: true });
    const page = newestFirst
      ? { first: PAGE, after: endCursor }
      : { last: PAGE, before: startCursor };
    load(page).then(
      () => setOlder({ loading: false }),
      (error: Error) => setOlder({ loading: false, error }),
    );
  };

  // Polls what comes after the newest job that is known, and those jobs that run: no other job can change.
  const ids = edges.flatMap(({ node }) => (node?.status === 'IN_PROGRESS' ? [node.id] : []));
  const newer = newestFirst
    ? { last: PAGE, before: startCursor }
    : { first: PAGE, after: endCursor };
  usePoll(async () => {
    if (!data) return;
    await load(edges.length > 0 ? newer : opening);
    if (ids.length > 0) await client.query(RUNNING_JOBS, { ids: ids.slice(0, 100) }, FRESH);
  });

  if (error && !data) {
    return (
      <p role="alert">
        {error.message} <button onClick={() => readList(FRESH)}>Try again</button>
      </p>
    );
  }
  if (!data) return <p>Loading…</p>;
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
      <ol>{edges.map(({ cursor, node }) => node && <JobRow key={cursor} job={node} />)}</ol>
      {newestFirst && end}
    </>
  );
}
