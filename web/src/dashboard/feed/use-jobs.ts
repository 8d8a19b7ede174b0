import { useQuery } from '@apollo/client/react';
import { JobsDocument, type JobsQuery } from '../__generated__/graphql.ts';
import type { JobFeed } from './job-feed.ts';

export type JobEdge = NonNullable<JobsQuery['asyncInvokes']>['edges'][number];

const NOTHING: NonNullable<JobsQuery['asyncInvokes']> = {
  edges: [],
  pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
};

/** What is known of a list. Reading it is the feed's business. */
export function useJobs(feed: JobFeed) {
  const { data } = useQuery(JobsDocument, { variables: feed.key, fetchPolicy: 'cache-only' });
  return data?.asyncInvokes ?? NOTHING;
}

/** Names a row for as long as it is listed. A record without a readable ARN has only its place. */
export const rowKey = ({ node, cursor }: JobEdge) => node?.invocationArn ?? cursor;
