import { LRUCache } from 'lru-cache';
import type { CallContext } from '../source.ts';
import { UPSTREAM_ERROR_PROPERTIES, UpstreamError } from '../upstream-error.ts';
import { CoalescedCall } from './coalesced-call.ts';

/**
 * How long a terminal invocation is cached. It never changes, but reading it again now and then
 * detects that access to it was revoked.
 */
const TERMINAL_TTL_MS = 3_600_000;

export interface CacheOptions {
  /** How long a page, or an invocation that is not terminal, counts as fresh. */
  readonly ttlMs: number;
  /** Maximum age of the data that is served when the upstream fails. */
  readonly staleMs: number;
  /** Estimated maximum size of all pages, and again of all invocations. */
  readonly maxBytes: number;
}

export interface ReadThroughCacheOptions<T> extends CacheOptions {
  readonly sizeOf: (value: T) => number;
  /** Whether a value never changes. */
  readonly isTerminal: (value: T) => boolean;
}

/** Times are on the clock of `performance.now()`. */
interface Entry<T> {
  readonly value: T;
  readonly requestedAt: number;
  readonly readAt: number;
}

/** Caches the results of reads by key, and coalesces concurrent reads of one key. */
export class ReadThroughCache<T extends object> {
  readonly #entries: LRUCache<string, Entry<T>>;
  readonly #calls = new Map<string, CoalescedCall<T | null>>();
  readonly #options: ReadThroughCacheOptions<T>;
  /** Entries that were requested before this time are stale, whatever their age. */
  #invalidatedAt = -Infinity;

  constructor(options: ReadThroughCacheOptions<T>) {
    this.#options = options;
    this.#entries = new LRUCache({
      maxSize: Math.ceil(options.maxBytes),
      sizeCalculation: ({ value }, key) => options.sizeOf(value) + key.length,
      noDeleteOnStaleGet: true,
    });
  }

  /** Returns a fresh value, unless the call bypasses the cache. */
  getCached(key: string, call: CallContext): T | undefined {
    const entry = call.bypassCache ? undefined : this.#entries.get(key);
    if (!entry || entry.requestedAt <= this.#invalidatedAt) return undefined;
    return this.#emitRead(entry, call);
  }

  /** Makes all entries stale. They are still served when the upstream fails. */
  invalidate(): void {
    this.#invalidatedAt = performance.now();
  }

  async read<Result extends T | null>(
    key: string,
    read: (call: CallContext) => Promise<Result>,
    call: CallContext,
  ): Promise<Result> {
    const cached = this.getCached(key, call);
    if (cached) return cached as Result;
    const start = performance.now();
    const inFlight = call.bypassCache ? undefined : this.#calls.get(key);
    const joinsCall = inFlight && !inFlight.isAborted && inFlight.startedAt > this.#invalidatedAt;
    const coalesced = joinsCall ? inFlight : this.#start(key, read);
    try {
      const value = (await coalesced.join(call)) as Result;
      const now = performance.now();
      call.onRead({
        readAt: now,
        fromCache: coalesced === inFlight,
        isStale: false,
        waitMs: now - start,
      });
      return value;
    } catch (error) {
      const entry = this.#entries.peek(key, { allowStale: true });
      if (!entry || !this.#canServeStale(error, entry) || call.signal.aborted) throw error;
      if (coalesced !== inFlight) call.onRecoveredError(error as UpstreamError);
      return this.#emitRead(entry, call, true) as Result;
    }
  }

  /** Stores a value, unless the entry was requested later than this value. */
  set(key: string, value: T, requestedAt: number): void {
    const entry = this.#entries.peek(key, { allowStale: true });
    if (entry && entry.requestedAt > requestedAt) return;
    const ttl = this.#options.isTerminal(value) ? TERMINAL_TTL_MS : this.#options.ttlMs;
    this.#entries.set(key, { value, requestedAt, readAt: performance.now() }, { ttl });
  }

  #start(key: string, read: (call: CallContext) => Promise<T | null>): CoalescedCall<T | null> {
    const readAndStore = async (call: CallContext): Promise<T | null> => {
      const requestedAt = performance.now();
      const value = await read(call);
      if (value === null) this.#delete(key, requestedAt);
      else this.set(key, value, requestedAt);
      return value;
    };
    const coalesced = new CoalescedCall(readAndStore);
    this.#calls.set(key, coalesced);
    void coalesced.settled.then(() => {
      if (this.#calls.get(key) === coalesced) this.#calls.delete(key);
    });
    return coalesced;
  }

  /** Deletes an entry, unless it was requested later. */
  #delete(key: string, requestedAt: number): void {
    const entry = this.#entries.peek(key, { allowStale: true });
    if (entry && entry.requestedAt <= requestedAt) this.#entries.delete(key);
  }

  /** Terminal invocations never change, so their age is 0. */
  #emitRead({ value, readAt }: Entry<T>, call: CallContext, isStale = false): T {
    const hasNoAge = this.#options.isTerminal(value);
    const shownReadAt = hasNoAge ? performance.now() : readAt;
    call.onRead({ readAt: shownReadAt, fromCache: true, isStale, waitMs: 0 });
    return value;
  }

  #canServeStale(error: unknown, { readAt }: Entry<T>): boolean {
    if (!(error instanceof UpstreamError)) return false;
    const { allowsStale } = UPSTREAM_ERROR_PROPERTIES[error.kind];
    return allowsStale && performance.now() - readAt <= this.#options.staleMs;
  }
}
