import type { Invocation, InvocationStatus } from './invocation.ts';
import { parseInvocationArn, partitionOf } from './invocation-arn.ts';
import type { UpstreamError, UpstreamErrorKind } from './upstream-error.ts';

/**
 * The port for reading the invocations of one account and Region. Implementations reject only with
 * an `UpstreamError`, and honour the signal of the call.
 */
export interface InvocationSource {
  /** Identifies the source. It must never change, because cursors contain it. */
  readonly key: string;
  readonly region: string;
  /** Undefined while the account of the credentials is not known. */
  readonly accountId: string | undefined;

  /**
   * Returns one page. Rows are in the order of their submit time, and ties in any order. A row is
   * null when the upstream sent it without a readable ARN.
   */
  list(query: ListAsyncInvokesQuery, call: CallContext): Promise<ListAsyncInvokesPage>;

  /** Returns null when this source has no invocation with this ARN. */
  get(invocationArn: string, call: CallContext): Promise<Invocation | null>;

  /** Returns a cached invocation, without an upstream call. */
  getCached?(invocationArn: string, call: CallContext): Invocation | undefined;
}

/**
 * Whether an invocation may belong to a source. Returns true for any account while the account of
 * the source is not known: only the upstream can tell then.
 */
export function ownsArn({ region, accountId }: InvocationSource, invocationArn: string): boolean {
  const arn = parseInvocationArn(invocationArn);
  if (arn?.region !== region || arn.partition !== partitionOf(region)) return false;
  return accountId === undefined || arn.accountId === accountId;
}

export interface ListAsyncInvokesQuery {
  readonly direction: Direction;
  /** From 1 to 1000. A page may be shorter, or empty, and still have a next page. */
  readonly maxResults: number;
  readonly statusEquals?: InvocationStatus | undefined;
  /**
   * Milliseconds since the epoch. AWS documents neither whether the bounds are inclusive nor their
   * precision.
   */
  readonly submitTimeAfter?: number | undefined;
  readonly submitTimeBefore?: number | undefined;
  readonly nextToken?: string | undefined;
}

/** Sorted by submit time, then by ARN. */
export type Direction = 'ASC' | 'DESC';

/** The direction of reading, and the end of the connection that reading starts from. */
export interface ReadOrder {
  readonly direction: Direction;
  readonly from: 'start' | 'end';
}

export interface ListAsyncInvokesPage {
  readonly rows: readonly (Invocation | null)[];
  readonly nextToken?: string | undefined;
}

/** The caller of the polls for changes, which serve all subscribers. */
export const CHANGES_CALLER = 'changes';

/** The caller of a router's requests without a user's token, which come from all its users. */
export const ROUTER_CALLER = 'router';

/** The callers that stand for many. Limits per caller do not apply to them. */
export const SHARED_CALLERS: ReadonlySet<string> = new Set([CHANGES_CALLER, ROUTER_CALLER]);

/** What an upstream call inherits from its request. */
export interface CallContext {
  /** Identifies the caller, for its share of the upstream calls. */
  readonly caller: string;
  /** Aborts at the deadline and when the caller has left. The reason is an `UpstreamError`. */
  readonly signal: AbortSignal;
  /** The time at which the request must end, on the clock of `performance.now()`. */
  readonly deadline: number;
  /** Bypass the cache. */
  readonly bypassCache: boolean;
  /** Called when the call leaves the queue. */
  readonly onSend?: () => void;
  /** Called for an upstream error that is hidden from the caller, such as by stale data. */
  readonly onRecoveredError: (error: UpstreamError) => void;
  /** Called after each upstream call. */
  readonly onUpstreamCall: (upstreamCall: UpstreamCall) => void;
  /** Called for each read that went through the cache, with its age. */
  readonly onRead: (event: ReadEvent) => void;
}

export interface ReadEvent {
  /** When the data was read from the upstream, on the clock of `performance.now()`. */
  readonly readAt: number;
  /** Whether the read needed no upstream call: a cache hit, or a call that others had started. */
  readonly fromCache: boolean;
  /** Whether cached data past its TTL was served because the upstream failed. */
  readonly isStale: boolean;
  /** How long the caller waited for the upstream call. 0 for a cache hit. */
  readonly waitMs: number;
}

export interface UpstreamCall {
  readonly operation: 'ListAsyncInvokes' | 'GetAsyncInvoke' | 'StartAsyncInvoke';
  readonly region: string;
  /** `internal_error` is a defect of this product. */
  readonly outcome: 'ok' | UpstreamErrorKind | 'internal_error';
  readonly durationMs: number;
  /** Including the first. */
  readonly attempts: number;
  /** Number of attempts that the upstream throttled. */
  readonly throttled: number;
  /** The upstream's id of the last attempt. Undefined when the response had none. */
  readonly requestId: string | undefined;
  /** The ARN of the invocation that the call started. */
  readonly startedArn?: string | undefined;
}
