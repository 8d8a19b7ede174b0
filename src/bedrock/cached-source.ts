import { LRUCache } from 'lru-cache';
import { Fault, type FaultKind } from '../invocations/fault.ts';
import { type Invocation, isOver } from '../invocations/invocation.ts';
import type { Call, InvocationSource, ListQuery, SourcePage } from '../invocations/source.ts';
import { SharedCall } from './shared-call.ts';

export interface CacheOptions {
  /** How long a page, or a job that is not over, is as good as new. */
  readonly ttlMs: number;
  /** How old an answer may be that is given because no newer one is to be had. */
  readonly staleMs: number;
  /** For pages, and as much again for jobs. A guess, of the right order. */
  readonly maxBytes: number;
}

/** A job that is over does not change; that it is read again now and then shows whether it still may be. */
const OVER_TTL_MS = 3_600_000;

/** Faults that say nothing about what was asked for, so that an older answer still holds. */
const OUTAGES: ReadonlySet<FaultKind> = new Set([
  'throttled',
  'timeout',
  'unavailable',
  'unreadable',
]);

/** Times are as `performance.now()` counts. */
interface Known<T> {
  readonly value: T;
  readonly askedAt: number;
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
  readonly #pages: Memory<SourcePage>;
  readonly #jobs: Memory<Invocation>;

  constructor(source: InvocationSource, options: CacheOptions) {
    this.#source = source;
    this.#pages = new Memory({ ...options, sizeOf: sizeOfPage, isOver: () => false });
    this.#jobs = new Memory({ ...options, sizeOf, isOver });
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

  list(query: ListQuery, call: Call): Promise<SourcePage> {
    const read = async (upstream: Call): Promise<SourcePage> => {
      const askedAt = performance.now();
      const page = await this.#source.list(query, upstream);
      for (const row of page.rows) {
        // Without its status a row says less than a get would.
        if (row && row.status !== null) this.#jobs.keep(row.invocationArn, row, askedAt);
      }
      return page;
    };
    return this.#pages.read(keyOf(query), read, call);
  }

  get(invocationArn: string, call: Call): Promise<Invocation | null> {
    const read = (upstream: Call) => this.#source.get(invocationArn, upstream);
    return this.#jobs.read<Invocation | null>(invocationArn, read, call);
  }

  known(invocationArn: string, call: Call): Invocation | undefined {
    return this.#jobs.known(invocationArn, call);
  }

  /** Something was started or has changed: what pages showed until now is not as good as new any more. */
  outdatePages(): void {
    this.#pages.outdate();
  }
}

interface MemoryOptions<T> extends CacheOptions {
  readonly sizeOf: (value: T) => number;
  /** Whether a value stays as it is. */
  readonly isOver: (value: T) => boolean;
}

/** Answers by what was asked, and the calls under way for them. */
class Memory<T extends object> {
  readonly #known: LRUCache<string, Known<T>>;
  readonly #calls = new Map<string, SharedCall<T | null>>();
  readonly #options: MemoryOptions<T>;
  /** What was asked for before is not as good as new, whatever its age. */
  #outdatedAt = -Infinity;

  constructor(options: MemoryOptions<T>) {
    this.#options = options;
    this.#known = new LRUCache({
      maxSize: Math.ceil(options.maxBytes),
      sizeCalculation: ({ value }, name) => options.sizeOf(value) + name.length,
      noDeleteOnStaleGet: true,
    });
  }

  /** What is as good as new, unless the caller wants it new. */
  known(name: string, call: Call): T | undefined {
    const known = call.fresh ? undefined : this.#known.get(name);
    if (!known || known.askedAt <= this.#outdatedAt) return undefined;
    return this.#serve(known, call);
  }

  /** It is still what there is while nothing newer is to be had. */
  outdate(): void {
    this.#outdatedAt = performance.now();
  }

  async read<Answer extends T | null>(
    name: string,
    read: (call: Call) => Promise<Answer>,
    call: Call,
  ): Promise<Answer> {
    const known = this.known(name, call);
    if (known) return known as Answer;
    const start = performance.now();
    const joined = call.fresh ? undefined : this.#calls.get(name);
    const mayJoin = joined && !joined.isGivenUp && joined.startedAt > this.#outdatedAt;
    const shared = mayJoin ? joined : this.#start(name, read, call);
    try {
      const value = (await shared.wait(call)) as Answer;
      const now = performance.now();
      call.served({ readAt: now, reused: shared === joined, waitedMs: now - start });
      return value;
    } catch (error) {
      const stale = this.#known.peek(name, { allowStale: true });
      if (!stale || !this.#makesUpFor(error, stale) || call.signal.aborted) throw error;
      if (shared !== joined) call.tolerated(error as Fault);
      return this.#serve(stale, call) as Answer;
    }
  }

  /** Unless something is known that was asked for later. */
  keep(name: string, value: T, askedAt: number): void {
    const known = this.#known.peek(name, { allowStale: true });
    if (known && known.askedAt > askedAt) return;
    const ttl = this.#options.isOver(value) ? OVER_TTL_MS : this.#options.ttlMs;
    this.#known.set(name, { value, askedAt, readAt: performance.now() }, { ttl });
  }

  #start(name: string, read: (call: Call) => Promise<T | null>, call: Call): SharedCall<T | null> {
    const askedAt = performance.now();
    const readAndKeep = async (upstream: Call): Promise<T | null> => {
      try {
        const value = await read(upstream);
        if (value === null) this.#known.delete(name);
        else this.keep(name, value, askedAt);
        return value;
      } finally {
        if (this.#calls.get(name) === shared) this.#calls.delete(name);
      }
    };
    const shared = new SharedCall(readAndKeep, call);
    this.#calls.set(name, shared);
    return shared;
  }

  /** What stays as it is has no age. */
  #serve({ value, readAt }: Known<T>, call: Call): T {
    const over = this.#options.isOver(value);
    call.served({ readAt: over ? performance.now() : readAt, reused: true, waitedMs: 0 });
    return value;
  }

  #makesUpFor(error: unknown, { readAt }: Known<T>): boolean {
    const isOutage = error instanceof Fault && OUTAGES.has(error.kind);
    return isOutage && performance.now() - readAt <= this.#options.staleMs;
  }
}

/** The same for calls that the upstream cannot tell apart. */
function keyOf(query: ListQuery): string {
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

function sizeOfPage({ rows, nextToken = '' }: SourcePage): number {
  return rows.reduce((size, row) => size + sizeOf(row), BASE_BYTES + nextToken.length);
}
