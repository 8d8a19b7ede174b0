import { InMemoryCache, type Reference } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';

export function createCache(): InMemoryCache {
  return new InMemoryCache({
    typePolicies: {
      Query: {
        fields: {
          asyncInvokes: contiguousPagination(relayStylePagination(['filter', 'orderBy'])),
          // Reads a job that a list has loaded before the query for that job has run.
          asyncInvoke: {
            read: (cached: Reference | null | undefined, { args, toReference }) =>
              cached === undefined
                ? toReference({
                    __typename: 'AsyncInvokeSummary',
                    invocationArn: args?.invocationArn as string,
                  })
                : cached,
          },
        },
      },
      AsyncInvokeSummary: {
        keyFields: ['invocationArn'],
        // Rows select fewer fields than the panel. Merging keeps the fields of both.
        fields: { outputDataConfig: { merge: true } },
      },
    },
  });
}

type Pagination = ReturnType<typeof relayStylePagination>;
type MergeFunction = Extract<Pagination['merge'], (...parameters: never[]) => unknown>;
type CachedConnection = Parameters<MergeFunction>[0];

/** Replaces the cached pages with a page that does not start where the cached pages end. */
function contiguousPagination(pagination: Pagination): Pagination {
  const { merge } = pagination;
  if (typeof merge !== 'function') return pagination;
  return {
    ...pagination,
    merge: (cached, incoming, options) => {
      const from = (options.args?.after ?? options.args?.before) as string | null | undefined;
      return merge(!from || isEndCursor(from, cached) ? cached : undefined, incoming, options);
    },
  };
}

function isEndCursor(cursor: string, cached: CachedConnection): boolean {
  if (!cached) return false;
  const { edges, pageInfo } = cached;
  const ends = [pageInfo.startCursor, pageInfo.endCursor, edges[0]?.cursor, edges.at(-1)?.cursor];
  return ends.includes(cursor);
}
