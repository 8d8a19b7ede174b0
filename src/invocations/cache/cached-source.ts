import { LRUCache } from 'lru-cache';
import { UpstreamError, type UpstreamErrorKind } from '../upstream-error.ts';
import { type Invocation, isTerminal } from '../invocation.ts';
import type {
  CallContext,
  InvocationSource,
  ListAsyncInvokesQuery,
  ListAsyncInvokesPage,
} from '../source.ts';
import { CoalescedCall } from './coalesced-call.ts';

export interface CacheOptions {
  /** How long a page, or a job that is not over, is as good as new. */
  readonly ttlMs: number;
  /** How old an answer may be that is given because no newer one is to be had. */
  readonly staleMs: number;
  /** For pages, and as much again for jobs. A guess, of the right order. */
  readonly maxBytes: number;
}

/** A job that is over does not change; that it is read again now and then shows whether it still may be. */
const TERMINAL_TTL_MS = 3_600_000;

/** Faults that say nothing about what was asked for, so that an older answer still holds. */
const STALE_IF_ERROR_KINDS: ReadonlySet<UpstreamErrorKind> = new Set([
  'throttled',
  'timeout',
  'unavailable',
  'invalid_response',
]);

/** Times are as `performance.now()` counts. */
interface Entry<T> {
  readonly value: T;
  readonly requestedAt: number;
  readonly readAt: number;
}

/**
 * A source that is not asked again for what it has just said. The same page, or the same job, that many ask for at one time
 * is one call; asked for again within the TTL, it is none. The rows of a page are jobs that are known as well, and one
 * that is over stays so.
 *
 * All of this is what one AWS identity sees: a source has one, and a cache has one source.
 *
 * When the upstream fails, an answer that is not too old takes the place of the one that could not be had, and says its
 * age. That a job does not exist is not remembered: it may be about to.
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
    const read = async (upstream: CallContext): Promise<ListAsyncInvokesPage> => {
      const requestedAt = performance.now();
      const page = await this.#source.list(query, upstream);
      for (const row of page.rows) {
        // Without its status a row says less than a get would.
        if (row && row.status !== null) this.#invocations.set(row.invocationArn, row, requestedAt);
      }
      return page;
    };
    return this.#pages.read(cacheKeyFor(query), read, call);
  }

  get(invocationArn: string, call: CallContext): Promise<Invocation | null> {
    const read = (upstream: CallContext) => this.#source.get(invocationArn, upstream);
    return this.#invocations.read<Invocation | null>(invocationArn, read, call);
  }

  getCached(invocationArn: string, call: CallContext): Invocation | undefined {
    return this.#invocations.getCached(invocationArn, call);
  }

  /** Something was started or has changed: what pages showed until now is not as good as new any more. */
  invalidatePages(): void {
    this.#pages.invalidate();
  }
}

interface ReadThroughCacheOptions<T> extends CacheOptions {
  readonly sizeOf: (value: T) => number;
  /** Whether a value stays as it is. */
  readonly isTerminal: (value: T) => boolean;
}

/** Answers by what was asked, and the calls under way for them. */
class ReadThroughCache<T extends object> {
  readonly #entries: LRUCache<string, Entry<T>>;
  readonly #calls = new Map<string, CoalescedCall<T | null>>();
  readonly #options: ReadThroughCacheOptions<T>;
  /** What was asked for before is not as good as new, whatever its age. */
  #invalidatedAt = -Infinity;

  constructor(options: ReadThroughCacheOptions<T>) {
    this.#options = options;
    this.#entries = new LRUCache({
      maxSize: Math.ceil(options.maxBytes),
      sizeCalculation: ({ value }, name) => options.sizeOf(value) + name.length,
      noDeleteOnStaleGet: true,
    });
  }

  /** What is as good as new, unless the caller wants it new. */
  getCached(name: string, call: CallContext): T | undefined {
    const getCached = call.bypassCache ? undefined : this.#entries.get(name);
    if (!getCached || getCached.requestedAt <= this.#invalidatedAt) return undefined;
    return this.#emitRead(getCached, call);
  }

  /** It is still what there is while nothing newer is to be had. */
  invalidate(): void {
    this.#invalidatedAt = performance.now();
  }

  async read<Answer extends T | null>(
    name: string,
    read: (call: CallContext) => Promise<Answer>,
    call: CallContext,
  ): Promise<Answer> {
    const getCached = this.getCached(name, call);
    if (getCached) return getCached as Answer;
    const start = performance.now();
    const joined = call.bypassCache ? undefined : this.#calls.get(name);
    const mayJoin = joined && !joined.isAborted && joined.startedAt > this.#invalidatedAt;
    const shared = mayJoin ? joined : this.#start(name, read, call);
    try {
      const value = (await shared.join(call)) as Answer;
      const now = performance.now();
      call.onRead({
        readAt: now,
        fromCache: shared === joined,
        isStale: false,
        waitMs: now - start,
      });
      return value;
    } catch (error) {
      const stale = this.#entries.peek(name, { allowStale: true });
      if (!stale || !this.#canServeStale(error, stale) || call.signal.aborted) throw error;
      if (shared !== joined) call.onRecoveredError(error as UpstreamError);
      return this.#emitRead(stale, call, true) as Answer;
    }
  }

  /** Unless something is known that was asked for later. */
  set(name: string, value: T, requestedAt: number): void {
    const getCached = this.#entries.peek(name, { allowStale: true });
    if (getCached && getCached.requestedAt > requestedAt) return;
    const ttl = this.#options.isTerminal(value) ? TERMINAL_TTL_MS : this.#options.ttlMs;
    this.#entries.set(name, { value, requestedAt, readAt: performance.now() }, { ttl });
  }

  #start(
    name: string,
    read: (call: CallContext) => Promise<T | null>,
    call: CallContext,
  ): CoalescedCall<T | null> {
    const requestedAt = performance.now();
    const readAndKeep = async (upstream: CallContext): Promise<T | null> => {
      try {
        const value = await read(upstream);
        if (value === null) this.#entries.delete(name);
        else this.set(name, value, requestedAt);
        return value;
      } finally {
        if (this.#calls.get(name) === shared) this.#calls.delete(name);
      }
    };
    const shared = new CoalescedCall(readAndKeep, call);
    this.#calls.set(name, shared);
    return shared;
  }

  /** What stays as it is has no age. */
  #emitRead({ value, readAt }: Entry<T>, call: CallContext, isStale = false): T {
    const over = this.#options.isTerminal(value);
    call.onRead({ readAt: over ? performance.now() : readAt, fromCache: true, isStale, waitMs: 0 });
    return value;
  }

  #canServeStale(error: unknown, { readAt }: Entry<T>): boolean {
    const isOutage = error instanceof UpstreamError && STALE_IF_ERROR_KINDS.has(error.kind);
    return isOutage && performance.now() - readAt <= this.#options.staleMs;
  }
}

/** The same for calls that the upstream cannot tell apart. */
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

/** Of an invocation without its texts: an object, its numbers, and what keeps it. */
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
