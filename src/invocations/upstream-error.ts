/** Why a call to the upstream failed. A closed set. */
export type UpstreamErrorKind =
  /** The gateway's own AWS identity is not allowed to make this call. */
  | 'access_denied'
  /** The upstream rejected the values of the request. */
  | 'invalid'
  /** The upstream reports that the resource does not exist. */
  | 'not_found'
  /** The idempotency token was used before for a different request. */
  | 'conflict'
  /** The account has reached a quota. */
  | 'quota'
  /** The upstream is rate limiting. */
  | 'throttled'
  /** A rate limit of this gateway is reached. The call was not made. */
  | 'rate_limited'
  /** There was no response within the deadline. */
  | 'timeout'
  /** No connection, no valid credentials, or an outage that the upstream reports. */
  | 'unavailable'
  /** The response does not match the upstream's contract. */
  | 'invalid_response'
  /** All callers that waited for the response have left. */
  | 'cancelled';

interface UpstreamErrorProperties {
  /** Whether the same call may succeed later. A single error may state otherwise. */
  readonly retryable: boolean;
  /** Whether the other reads of a batch would fail in the same way, so that they are not made. */
  readonly stopsBatch: boolean;
  /** Whether a retryable error of this kind counts towards opening the circuit breaker. */
  readonly countsAsFailure: boolean;
  /** Whether the error says nothing about the data, so that a stale cache entry is still valid. */
  readonly allowsStale: boolean;
}

const NONE: UpstreamErrorProperties = {
  retryable: false,
  stopsBatch: false,
  countsAsFailure: false,
  allowsStale: false,
};

/** The properties of each kind. `server/errors/public-error.ts` has its code and message. */
export const UPSTREAM_ERROR_PROPERTIES: Readonly<
  Record<UpstreamErrorKind, UpstreamErrorProperties>
> = {
  access_denied: NONE,
  invalid: NONE,
  not_found: NONE,
  conflict: NONE,
  quota: NONE,
  throttled: { ...NONE, retryable: true, stopsBatch: true, allowsStale: true },
  rate_limited: { ...NONE, retryable: true, stopsBatch: true, allowsStale: true },
  timeout: { ...NONE, retryable: true, countsAsFailure: true, allowsStale: true },
  unavailable: { retryable: true, stopsBatch: true, countsAsFailure: true, allowsStale: true },
  // Retryable, and so a failure of the service, only when the response had a 5xx status.
  invalid_response: { ...NONE, countsAsFailure: true, allowsStale: true },
  cancelled: { ...NONE, retryable: true },
};

/** A setting, and its value. */
export interface ReachedLimit {
  readonly name: string;
  readonly max: number | undefined;
}

export interface UpstreamErrorOptions {
  /** The upstream's id of the failed request, for AWS support. */
  readonly upstreamRequestId?: string | undefined;
  /** How long to wait before the next attempt. */
  readonly retryAfterMs?: number | undefined;
  /** The setting of this gateway that refused the call. */
  readonly limit?: ReachedLimit | undefined;
  /** Overrides the kind's `retryable`. */
  readonly retryable?: boolean | undefined;
  readonly cause?: unknown;
}

/** A failed upstream call. The message may quote the upstream, so it must never reach a client. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  readonly kind: UpstreamErrorKind;
  readonly upstreamRequestId: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly retryable: boolean;
  readonly limit: ReachedLimit | undefined;

  constructor(kind: UpstreamErrorKind, message: string, options: UpstreamErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.upstreamRequestId = options.upstreamRequestId;
    this.retryAfterMs = options.retryAfterMs;
    this.limit = options.limit;
    this.retryable = options.retryable ?? UPSTREAM_ERROR_PROPERTIES[kind].retryable;
  }
}
