import { useQuery } from '@apollo/client/react';
import { JobsDocument } from '../__generated__/graphql.ts';
import type { JobFeed } from './job-feed.ts';
import type { JobConnection } from './job-pages.ts';

export type JobEdge = JobConnection['edges'][number];

const EMPTY_CONNECTION: JobConnection = {
  edges: [],
  pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
};

/** Reads the loaded part of a list from the cache. The feed loads it. */
export function useJobs(feed: JobFeed) {
  const { data } = useQuery(JobsDocument, { variables: feed.key, fetchPolicy: 'cache-only' });
  return data?.asyncInvokes ?? EMPTY_CONNECTION;
}

/** Identifies a row. A record without a readable ARN only has its cursor. */
export const rowKey = ({ node, cursor }: JobEdge) => node?.invocationArn ?? cursor;
