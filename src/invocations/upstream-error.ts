/**
 * Why the upstream could not be read, or did not do as asked, as a closed set:
 *
 * - `access_denied`: the gateway's own identity may not do this;
 * - `invalid`: the upstream refused the request's values;
 * - `not_found`: the upstream says that there is no such thing;
 * - `conflict`: the upstream has done something else under the same token;
 * - `quota`: the upstream does no more of this for the account;
 * - `throttled`: the upstream asks to slow down;
 * - `timeout`: no answer within the deadline;
 * - `unavailable`: no connection, no credentials, or the upstream reports an outage of its own;
 * - `invalid_response`: an answer that is not what the upstream's contract says;
 * - `cancelled`: nobody waits for the answer any more.
 */
export type UpstreamErrorKind =
  | 'access_denied'
  | 'invalid'
  | 'not_found'
  | 'conflict'
  | 'quota'
  | 'throttled'
  | 'timeout'
  | 'unavailable'
  | 'invalid_response'
  | 'cancelled';

export interface UpstreamErrorOptions {
  /** The upstream's identifier of the failed call, for its support. */
  readonly upstreamRequestId?: string | undefined;
  /** How long the upstream asked to wait. */
  readonly retryAfterMs?: number | undefined;
  /** Whether the same call may well succeed later, where that does not follow from the kind. */
  readonly retryable?: boolean | undefined;
  readonly cause?: unknown;
}

/** A failed call. The message is for the log: it may quote the upstream and must never reach a caller. */
export class UpstreamError extends Error {
  override readonly name = 'Fault';
  readonly kind: UpstreamErrorKind;
  readonly upstreamRequestId: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly retryable: boolean | undefined;

  constructor(kind: UpstreamErrorKind, message: string, details: UpstreamErrorOptions = {}) {
    super(message, { cause: details.cause });
    this.kind = kind;
    this.upstreamRequestId = details.upstreamRequestId;
    this.retryAfterMs = details.retryAfterMs;
    this.retryable = details.retryable;
  }
}
