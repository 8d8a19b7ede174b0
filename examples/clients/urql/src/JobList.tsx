import { useEffect, useState } from 'react';
import { useClient, useQuery } from 'urql';
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
const NETWORK_ONLY = { requestPolicy: 'network-only' } as const;

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

/**
 * Opens at the newest jobs, which are at the start or the end of the list depending on the order,
 * and loads older ones from there.
 */
export function JobList({ filter, direction }: Props) {
  const client = useClient();
  const list = { filter, orderBy: { direction } };
  const newestFirst = direction === 'DESC';
  const opening: Page = newestFirst ? { first: PAGE_SIZE } : { last: PAGE_SIZE };
  const [{ data, error }, readList] = useQuery({
    query: JOBS,
    variables: { ...list, ...opening },
  });
  const { edges = [], pageInfo } = data?.asyncInvokes ?? {};
  const { startCursor, endCursor } = pageInfo ?? {};

  /** Fetches a page, which the cache joins to the list, and reads the list from the cache. */
  const load = async (page: Page) => {
    const { error } = await client.query(JOBS, { ...list, ...page }, NETWORK_ONLY);
    if (error) throw error;
    readList({ requestPolicy: 'cache-first' });
  };

  const [older, setOlder] = useState<{ loading: boolean; error?: Error }>({ loading: false });
  const loadOlder = () => {
    setOlder({ loading: true });
    const page = newestFirst
      ? { first: PAGE_SIZE, after: endCursor }
      : { last: PAGE_SIZE, before: startCursor };
    load(page).then(
      () => setOlder({ loading: false }),
      (error: Error) => setOlder({ loading: false, error }),
    );
  };

  // Reads only what follows the newest known job. The cache joins it to the list.
  const readNewer = useCatchUp(async () => {
    const newer = newestFirst
      ? { last: PAGE_SIZE, before: startCursor }
      : { first: PAGE_SIZE, after: endCursor };
    if (data) await load(edges.length > 0 ? newer : opening);
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
      const { error } = await client.query(RUNNING_JOBS, variables, NETWORK_ONLY);
      if (error) throw error;
    }
  });
  // The cache has already applied the change to known jobs. Only a new job needs another read.
  const newest = edges.at(newestFirst ? 0 : -1)?.node;
  useJobChanges(({ id, submitTime }) => {
    const isNew = (submitTime ?? '') >= (newest?.submitTime ?? '');
    if (isNew && !edges.some(({ node }) => node?.id === id)) readNewer();
  });

  if (error && !data) {
    return (
      <p role="alert">
        {error.message} <button onClick={() => readList(NETWORK_ONLY)}>Try again</button>
      </p>
    );
  }
  if (!data) return <p>Loading…</p>;
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
      <ol>{edges.map(({ cursor, node }) => node && <JobRow key={cursor} job={node} />)}</ol>
      {newestFirst && olderControls}
    </>
  );
}
