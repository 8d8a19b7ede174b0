import { type Invocation, isTerminal } from '../invocation.ts';
import type {
  CallContext,
  InvocationSource,
  ListAsyncInvokesPage,
  ListAsyncInvokesQuery,
} from '../source.ts';
import { NotFoundCache } from './not-found-cache.ts';
import { type CacheOptions, ReadThroughCache } from './read-through-cache.ts';

/**
 * A source with a cache in front of it. Concurrent reads of the same page or invocation share one
 * upstream call, and further reads within the TTL need none. The rows of a page are cached as
 * invocations too. All data is what one AWS identity sees: a cache has one source, and a source has
 * one identity.
 *
 * When the upstream fails, data that is not too old is served instead, with its age. That an
 * invocation does not exist is remembered for seconds at most, because it may be created at any
 * time. A start, a change, or a list that shows the invocation ends this earlier.
 */
export class CachedSource implements InvocationSource {
  readonly #source: InvocationSource;
  readonly #pages: ReadThroughCache<ListAsyncInvokesPage>;
  readonly #invocations: ReadThroughCache<Invocation>;
  readonly #notFound: NotFoundCache;

  constructor(source: InvocationSource, options: CacheOptions) {
    this.#source = source;
    this.#pages = new ReadThroughCache({ ...options, sizeOf: sizeOfPage, isTerminal: () => false });
    this.#invocations = new ReadThroughCache({ ...options, sizeOf, isTerminal });
    this.#notFound = new NotFoundCache(options.ttlMs);
  }

  get key(): string {
    return this.#source.key;
  }

  get region(): string {
    return this.#source.region;
  }

  get accountId(): string | undefined {
    return this.#source.accountId;
  }

  list(query: ListAsyncInvokesQuery, call: CallContext): Promise<ListAsyncInvokesPage> {
    const read = async (upstreamCall: CallContext): Promise<ListAsyncInvokesPage> => {
      const requestedAt = performance.now();
      const page = await this.#source.list(query, upstreamCall);
      for (const row of page.rows) {
        if (row) this.#notFound.delete(row.invocationArn);
        // For a row without a status, a get returns more.
        if (row && row.status !== null) this.#invocations.set(row.invocationArn, row, requestedAt);
      }
      return page;
    };
    return this.#pages.read(cacheKeyFor(query), read, call);
  }

  async get(invocationArn: string, call: CallContext): Promise<Invocation | null> {
    const cached = this.#invocations.getCached(invocationArn, call);
    if (cached) return cached;
    const notFoundAt = call.bypassCache ? undefined : this.#notFound.get(invocationArn);
    if (notFoundAt !== undefined) {
      call.onRead({ readAt: notFoundAt, fromCache: true, isStale: false, waitMs: 0 });
      return null;
    }
    const read = async (upstreamCall: CallContext): Promise<Invocation | null> => {
      const requestedAt = performance.now();
      const invocation = await this.#source.get(invocationArn, upstreamCall);
      if (invocation) this.#notFound.delete(invocationArn);
      else if (!call.bypassCache) this.#notFound.add(invocationArn, requestedAt);
      return invocation;
    };
    return this.#invocations.read<Invocation | null>(invocationArn, read, call);
  }

  getCached(invocationArn: string, call: CallContext): Invocation | undefined {
    return this.#invocations.getCached(invocationArn, call);
  }

  /** Invalidates what a start or a change may have made wrong: pages and missing invocations. */
  invalidate(): void {
    this.#pages.invalidate();
    this.#notFound.invalidate();
  }
}

/** Returns the same key for queries that the upstream cannot tell apart. */
function cacheKeyFor(query: ListAsyncInvokesQuery): string {
  const { direction, maxResults, statusEquals, submitTimeAfter, submitTimeBefore, nextToken } =
    query;
  return JSON.stringify([
    direction,
    maxResults,
    statusEquals,
    submitTimeAfter,
    submitTimeBefore,
    nextToken,
  ]);
}

/** Estimated size of a cached invocation without its texts. */
const BASE_BYTES = 400;

function sizeOf(invocation: Invocation | null): number {
  if (!invocation) return 1;
  const { invocationArn, modelArn, clientRequestToken, failureMessage } = invocation;
  const texts = [invocationArn, modelArn, clientRequestToken, failureMessage];
  const { outputDataConfig } = invocation;
  if (outputDataConfig?.kind === 's3') {
    texts.push(outputDataConfig.s3Uri, outputDataConfig.kmsKeyId, outputDataConfig.bucketOwner);
  }
  return texts.reduce((size, text) => size + (text?.length ?? 0), BASE_BYTES);
}

function sizeOfPage({ rows, nextToken = '' }: ListAsyncInvokesPage): number {
  return rows.reduce((size, row) => size + sizeOf(row), BASE_BYTES + nextToken.length);
}
