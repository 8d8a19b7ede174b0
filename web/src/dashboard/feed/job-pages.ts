import type { ApolloClient } from '@apollo/client';
import {
  type AsyncInvokeFilter,
  type AsyncInvokeOrder,
  JobsDocument,
  type JobsQuery,
  type JobsQueryVariables,
  NewestJobsDocument,
} from '../__generated__/graphql.ts';

/** Identifies a list. These arguments are part of every page query of the list. */
export interface ListKey {
  readonly filter: AsyncInvokeFilter;
  readonly orderBy: AsyncInvokeOrder;
}

/** `after` is down the screen and `before` is up, in either order. */
export type Direction = 'after' | 'before';

export type JobConnection = NonNullable<JobsQuery['asyncInvokes']>;

const PAGE_SIZE = 100;
/** The gateway's limit for one page. */
const MAX_PAGE_SIZE = 1000;

/** Loads pages of one list into the Apollo cache, which joins them into one connection. */
export class JobPages {
  readonly key: ListKey;
  readonly #client: ApolloClient;

  constructor(client: ApolloClient, key: ListKey) {
    this.#client = client;
    this.key = key;
  }

  /** Returns the cached part of the list. */
  current(): JobConnection | undefined {
    return (
      this.#client.readQuery({ query: JobsDocument, variables: this.key })?.asyncInvokes ??
      undefined
    );
  }

  /** The end where new jobs appear. */
  get growingEnd(): Direction {
    return this.key.orderBy.direction === 'ASC' ? 'after' : 'before';
  }

  async loadFirst(startCursor: string | undefined): Promise<void> {
    await this.#query({ first: PAGE_SIZE, after: startCursor });
  }

  async loadMore(direction: Direction, { pageInfo }: JobConnection): Promise<void> {
    await this.#query(
      direction === 'after'
        ? { first: PAGE_SIZE, after: pageInfo.endCursor }
        : { last: PAGE_SIZE, before: pageInfo.startCursor },
    );
  }

  /** Loads the jobs that were added at the growing end. Reports the number of jobs per page. */
  async loadNew(onNewJobs: (count: number) => void): Promise<void> {
    for (;;) {
      const before = this.current();
      if (!before) return;
      if (before.edges.length === 0) await this.loadFirst(undefined);
      else await this.loadMore(this.growingEnd, before);
      const after = this.current();
      const count = (after?.edges.length ?? 0) - before.edges.length;
      if (count > 0) onNewJobs(count);
      if (!after || count <= 0 || !hasMore(after, this.growingEnd)) return;
    }
  }

  /** Loads the same part of the list again, because jobs may have started or stopped to match. */
  async reload({ edges, pageInfo }: JobConnection): Promise<void> {
    if (pageInfo.hasPreviousPage || edges.length > MAX_PAGE_SIZE) return;
    await this.#query({ first: Math.max(PAGE_SIZE, edges.length) });
  }

  /** Updates the cached state of the newest jobs, whether or not they belong to this list. */
  async refreshNewest(): Promise<void> {
    await this.#client.query({ query: NewestJobsDocument, fetchPolicy: 'network-only' });
  }

  async #query(page: JobsQueryVariables): Promise<void> {
    await this.#client.query({
      query: JobsDocument,
      variables: { ...this.key, ...page },
      fetchPolicy: 'network-only',
    });
  }
}

export function hasMore({ pageInfo }: JobConnection, direction: Direction): boolean {
  return direction === 'after' ? pageInfo.hasNextPage : pageInfo.hasPreviousPage;
}
