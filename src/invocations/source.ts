import type { UpstreamError, UpstreamErrorKind } from './upstream-error.ts';
import type { Invocation, InvocationStatus } from './invocation.ts';
import { parseInvocationArn, partitionOf } from './invocation-arn.ts';

/**
 * The port to wherever invocations live: one account in one region. Implementations reject with a `Fault` and nothing
 * else, and honour the signal of the call.
 */
export interface InvocationSource {
  /** Names the source among others; stays the same for ever, because cursors may hold it. */
  readonly key: string;
  readonly region: string;
  /** Undefined while the account behind the credentials is not known. */
  readonly accountId: string | undefined;

  /** One page. Rows come in the order of their submit time; ties in any order. A null row could not be read at all. */
  list(query: ListAsyncInvokesQuery, call: CallContext): Promise<ListAsyncInvokesPage>;

  /** One invocation; null when this source has none with this ARN. */
  get(invocationArn: string, call: CallContext): Promise<Invocation | null>;

  /** One that can be had without asking anybody. */
  getCached?(invocationArn: string, call: CallContext): Invocation | undefined;
}

/** Whether a job may be one of a source's. A source whose account is not known is asked: only the upstream can tell. */
export function ownsArn({ region, accountId }: InvocationSource, invocationArn: string): boolean {
  const arn = parseInvocationArn(invocationArn);
  if (arn?.region !== region || arn.partition !== partitionOf(region)) return false;
  return accountId === undefined || arn.accountId === accountId;
}

export interface ListAsyncInvokesQuery {
  readonly direction: Direction;
  /** 1 to 1000. The page may be shorter, or empty, and still have a next one. */
  readonly maxResults: number;
  readonly statusEquals?: InvocationStatus | undefined;
  /** Milliseconds since the epoch. Whether the bound itself is inside, and at which precision, is the upstream's secret. */
  readonly submitTimeAfter?: number | undefined;
  readonly submitTimeBefore?: number | undefined;
  readonly nextToken?: string | undefined;
}

/** By submit time, then by ARN. */
export type Direction = 'ASC' | 'DESC';

/** How rows are met: the direction of reading, and the end of the connection that reading starts from. */
export interface ReadOrder {
  readonly direction: Direction;
  readonly from: 'start' | 'end';
}

export interface ListAsyncInvokesPage {
  readonly rows: readonly (Invocation | null)[];
  readonly nextToken?: string | undefined;
}

/** What a call upstream inherits from the request that it serves. */
export interface CallContext {
  /** Aborts at the deadline and when the caller has gone, with a `Fault` that says which. */
  readonly signal: AbortSignal;
  /** When the request's time is over, as `performance.now()` counts. */
  readonly deadline: number;
  /** Whether nothing will do that was read before. */
  readonly bypassCache: boolean;
  /** Is told of a fault that was made up for and that no caller sees. */
  readonly onRecoveredError: (fault: UpstreamError) => void;
  /** Is told of each call that was made upstream, once it is over. */
  readonly onUpstreamCall: (upstreamCall: UpstreamCall) => void;
  /** Is told of each answer that came by way of what is kept or shared. */
  readonly onRead: (answer: ReadEvent) => void;
}

export interface ReadEvent {
  /** When it was read from upstream, as `performance.now()` counts. */
  readonly readAt: number;
  /** Whether it took no call of its own. */
  readonly fromCache: boolean;
  /** Whether cached data past its TTL was served because the upstream failed. */
  readonly isStale: boolean;
  /** For a call that others had made. */
  readonly waitMs: number;
}

export interface UpstreamCall {
  readonly operation: 'ListAsyncInvokes' | 'GetAsyncInvoke' | 'StartAsyncInvoke';
  readonly region: string;
  /** `internal_error` is an error of this product's own. */
  readonly outcome: 'ok' | UpstreamErrorKind | 'internal_error';
  readonly durationMs: number;
  /** The first included. */
  readonly attempts: number;
  /** How many of them the upstream answered with a request to slow down. */
  readonly throttled: number;
  /** The upstream's, of the last attempt; undefined where it gave none. */
  readonly requestId: string | undefined;
  /** Of the invocation that the call has started. */
  readonly startedArn?: string | undefined;
}
