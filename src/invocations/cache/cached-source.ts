import { type Invocation, isTerminal } from '../invocation.ts';
import type {
  CallContext,
  InvocationSource,
  ListAsyncInvokesPage,
  ListAsyncInvokesQuery,
} from '../source.ts';
import { type CacheOptions, ReadThroughCache } from './read-through-cache.ts';

/**
 * A source with a cache in front of it. Concurrent reads of the same page or invocation share one
 * upstream call, and further reads within the TTL need none. The rows of a page are cached as
 * invocations too. All data is what one AWS identity sees: a cache has one source, and a source has
 * one identity.
 *
 * When the upstream fails, data that is not too old is served instead, with its age. The cache does
 * not remember that an invocation does not exist, because it may be created at any time.
 */
export class CachedSource implements InvocationSource {
  readonly #source: InvocationSource;
  readonly #pages: ReadThroughCache<ListAsyncInvokesPage>;
  readonly #invocations: ReadThroughCache<Invocation>;

  constructor(source: InvocationSource, options: CacheOptions) {
    this.#source = source;
    this.#pages = new ReadThroughCache({ ...options, sizeOf: sizeOfPage, isTerminal: () => false });
    this.#invocations = new ReadThroughCache({ ...options, sizeOf, isTerminal });
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
        // For a row without a status, a get returns more.
        if (row && row.status !== null) this.#invocations.set(row.invocationArn, row, requestedAt);
      }
      return page;
    };
    return this.#pages.read(cacheKeyFor(query), read, call);
  }

  get(invocationArn: string, call: CallContext): Promise<Invocation | null> {
    const read = (upstreamCall: CallContext) => this.#source.get(invocationArn, upstreamCall);
    return this.#invocations.read<Invocation | null>(invocationArn, read, call);
  }

  getCached(invocationArn: string, call: CallContext): Invocation | undefined {
    return this.#invocations.getCached(invocationArn, call);
  }

  /** Invalidates all cached pages, after a start or a change. */
  invalidatePages(): void {
    this.#pages.invalidate();
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
