import type { ReadEvent, UpstreamCall } from '../../invocations/source.ts';
import type { Caller } from '../auth/caller.ts';
import type { RequestTrace } from './request-span.ts';

/** Bounds the log line of a request. */
const MAX_REQUEST_IDS = 20;
const MAX_NAME_LENGTH = 100;

/** Collects facts about a request, for its log line and for metrics. */
export class RequestRecord {
  caller: Caller | undefined;
  cost: number | undefined;
  isMutation = false;
  trace: RequestTrace | undefined;
  /** Whether the operation was admitted and charged. */
  isAdmitted = false;
  /** Frees the request's slot under MAX_CONCURRENT_REQUESTS. */
  releaseSlot: () => void = () => undefined;
  /** The distinct codes of the response's errors. */
  errorCodes: readonly string[] = [];
  /** Whether the response is an event stream, which lasts until the client disconnects. */
  isStream = false;
  /** Undefined if the response cache does not apply to the request. */
  responseCacheResult: 'hit' | 'miss' | undefined;
  readonly upstreamStats = new UpstreamStats();
  #operationName: string | undefined;
  #isClosed = false;
  readonly #onClose: (() => void)[] = [];
  readonly #awsRequestIds: string[] = [];

  get operationName(): string | undefined {
    return this.#operationName;
  }

  set operationName(name: string | undefined) {
    this.#operationName = name?.slice(0, MAX_NAME_LENGTH);
  }

  /** Streams do not count as concurrent requests. */
  markAsStream(): void {
    this.isStream = true;
    this.releaseSlot();
  }

  /** Calls a function when the response has ended, or at once if it has. */
  onClose(callback: () => void): void {
    if (this.#isClosed) callback();
    else this.#onClose.push(callback);
  }

  /** Must be called when the response has ended. */
  close(): void {
    this.#isClosed = true;
    for (const callback of this.#onClose) callback();
  }

  addUpstreamCall(call: UpstreamCall): void {
    this.trace?.addUpstreamCall(call);
    this.upstreamStats.add(call);
    if (call.requestId !== undefined && this.#awsRequestIds.length < MAX_REQUEST_IDS) {
      this.#awsRequestIds.push(call.requestId);
    }
  }

  /** Returns the fields of the log line: no document, variables, tokens or messages. */
  toLog(): object {
    return {
      identity: this.caller?.identity,
      operationName: this.#operationName,
      cost: this.cost,
      traceId: this.trace?.traceId,
      ...(this.errorCodes.length > 0 && { codes: this.errorCodes }),
      ...this.#upstreamToLog(),
    };
  }

  #upstreamToLog(): object {
    const { calls, cacheHits, ageMs } = this.upstreamStats;
    return {
      ...(calls > 0 && { upstreamCalls: calls, awsRequestIds: this.#awsRequestIds }),
      ...(cacheHits > 0 && { cacheHits, ageMs }),
      ...(this.responseCacheResult === 'hit' && { shared: true }),
    };
  }
}

const COUNTERS = {
  ListAsyncInvokes: 'listCalls',
  GetAsyncInvoke: 'getCalls',
  StartAsyncInvoke: 'startCalls',
} as const satisfies Record<UpstreamCall['operation'], string>;

/** The upstream calls and cached reads of one operation, for `extensions.upstream`. */
export class UpstreamStats {
  /** Attempts, that is HTTP requests including retries. */
  listCalls = 0;
  getCalls = 0;
  startCalls = 0;
  /** Reads that caused no upstream call. */
  cacheHits = 0;
  throttled = 0;
  /** Sum over all reads, including concurrent ones. */
  waitedMs = 0;
  #oldestReadAt: number | undefined;

  get calls(): number {
    return this.listCalls + this.getCalls + this.startCalls;
  }

  /** When the oldest data was read, in `performance.now()` time. Undefined without a cache. */
  get oldestReadAt(): number | undefined {
    return this.#oldestReadAt;
  }

  get ageMs(): number {
    return this.#oldestReadAt === undefined
      ? 0
      : Math.round(performance.now() - this.#oldestReadAt);
  }

  add({ operation, attempts, throttled, durationMs }: UpstreamCall): void {
    this[COUNTERS[operation]] += attempts;
    this.throttled += throttled;
    this.waitedMs += durationMs;
  }

  recordRead({ readAt, fromCache, waitMs }: ReadEvent): void {
    this.#oldestReadAt = Math.min(this.#oldestReadAt ?? readAt, readAt);
    if (!fromCache) return;
    this.cacheHits += 1;
    this.waitedMs += waitMs;
  }

  toJSON(): object {
    const { listCalls, getCalls, startCalls, cacheHits, throttled, ageMs } = this;
    const waitedMs = Math.round(this.waitedMs);
    const calls = { listCalls, getCalls, ...(startCalls > 0 && { startCalls }) };
    return { ...calls, cacheHits, throttled, waitedMs, ageMs };
  }
}
