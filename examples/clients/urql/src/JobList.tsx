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

const PAGE = 200;
/** The most that `nodes` takes. */
const MOST_IDS = 100;
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

  // Reads on from the newest job that is known, and no page that is known: the cache joins both.
  const readNewer = useCatchUp(async () => {
    const newer = newestFirst
      ? { last: PAGE, before: startCursor }
      : { first: PAGE, after: endCursor };
    if (data) await load(edges.length > 0 ? newer : opening);
  });
  const hasNewer = newestFirst ? pageInfo?.hasPreviousPage : pageInfo?.hasNextPage;
  useEffect(() => {
    if (hasNewer) readNewer();
  }, [hasNewer, startCursor, endCursor, readNewer]);
  // What became of the jobs that ran while nobody told: no other job can change.
  useCatchUp(async () => {
    const ids = edges.flatMap(({ node }) => (node?.status === 'IN_PROGRESS' ? [node.id] : []));
    for (let from = 0; from < ids.length; from += MOST_IDS) {
      const variables = { ids: ids.slice(from, from + MOST_IDS) };
      const { error } = await client.query(RUNNING_JOBS, variables, FRESH);
      if (error) throw error;
    }
  });
  // The cache has taken in what is told. Only a job that is new has no row that shows it.
  const newest = edges.at(newestFirst ? 0 : -1)?.node;
  useJobChanges(({ id, submitTime }) => {
    const isNew = (submitTime ?? '') >= (newest?.submitTime ?? '');
    if (isNew && !edges.some(({ node }) => node?.id === id)) readNewer();
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
