import type { ReadEvent, UpstreamCall } from '../../invocations/source.ts';
import type { Caller } from '../auth/caller.ts';
import type { RequestTrace } from './request-span.ts';

/** Log lines stay bounded, however much a request does. */
const MAX_REQUEST_IDS = 20;
const MAX_NAME_LENGTH = 100;

/** What a request was and did, as it becomes known; for its line in the log, and for metrics. */
export class RequestRecord {
  caller: Caller | undefined;
  cost: number | undefined;
  /** Whether it may have changed something. */
  isMutation = false;
  trace: RequestTrace | undefined;
  /** Gives up the room that requests under way take. */
  release: () => void = () => undefined;
  /** The codes of its errors, each once. */
  errorCodes: readonly string[] = [];
  /** Whether its answer is a stream, which lasts as long as its reader likes. */
  isStream = false;
  /** Whether its answer was another's. */
  isShared = false;
  readonly upstreamStats = new UpstreamReport();
  #operationName: string | undefined;
  readonly #awsRequestIds: string[] = [];

  get operationName(): string | undefined {
    return this.#operationName;
  }

  set operationName(name: string | undefined) {
    this.#operationName = name?.slice(0, MAX_NAME_LENGTH);
  }

  /** Says that the request is no longer one of those under way that others have to wait for. */
  markAsStream(): void {
    this.isStream = true;
    this.release();
  }

  addUpstreamCall(call: UpstreamCall): void {
    this.trace?.addUpstreamCall(call);
    this.upstreamStats.add(call);
    if (call.requestId !== undefined && this.#awsRequestIds.length < MAX_REQUEST_IDS) {
      this.#awsRequestIds.push(call.requestId);
    }
  }

  /** For the log: no document, variables, tokens or messages. */
  toLog(): object {
    return {
      identity: this.caller?.identity,
      operationName: this.#operationName,
      cost: this.cost,
      traceId: this.trace?.traceId,
      ...(this.errorCodes.length > 0 && { errorCodes: this.errorCodes }),
      ...this.#upstreamToLog(),
    };
  }

  #upstreamToLog(): object {
    const { calls, cacheHits, ageMs } = this.upstreamStats;
    return {
      ...(calls > 0 && { upstreamCalls: calls, awsRequestIds: this.#awsRequestIds }),
      ...(cacheHits > 0 && { cacheHits, ageMs }),
      ...(this.isShared && { shared: true }),
    };
  }
}

const COUNTS = {
  ListAsyncInvokes: 'listCalls',
  GetAsyncInvoke: 'getCalls',
  StartAsyncInvoke: 'startCalls',
} as const satisfies Record<UpstreamCall['operation'], string>;

/** What an operation took upstream: `extensions.upstream`, for those who ask. */
export class UpstreamReport {
  /** Attempts, that is requests which Amazon Bedrock has seen or should have. */
  listCalls = 0;
  getCalls = 0;
  startCalls = 0;
  /** Reads that took no call of their own. */
  cacheHits = 0;
  throttled = 0;
  /** Of all reads together, also those side by side. */
  waitedMs = 0;
  #oldestReadAt: number | undefined;

  get calls(): number {
    return this.listCalls + this.getCalls + this.startCalls;
  }

  /** When the oldest of what was served was read, as `performance.now()` counts; undefined where nothing is kept. */
  get oldestReadAt(): number | undefined {
    return this.#oldestReadAt;
  }

  get ageMs(): number {
    return this.#oldestReadAt === undefined
      ? 0
      : Math.round(performance.now() - this.#oldestReadAt);
  }

  add({ operation, attempts, throttled, durationMs }: UpstreamCall): void {
    this[COUNTS[operation]] += attempts;
    this.throttled += throttled;
    this.waitedMs += durationMs;
  }

  serve({ readAt, fromCache, waitMs }: ReadEvent): void {
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
