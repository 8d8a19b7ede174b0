import { CombinedGraphQLErrors, ServerError, ServerParseError } from '@apollo/client/errors';

/** Why the page cannot load new data. Each kind has its own banner text. */
export type ProblemKind =
  | 'offline'
  | 'unreachable'
  | 'overloaded'
  | 'upstream'
  | 'throttled'
  | 'unauthenticated'
  | 'forbidden'
  | 'internal_error';

export interface Problem {
  readonly kind: ProblemKind;
  /** Minimum time to wait before the next request. */
  readonly retryAfterMs?: number;
  /** The gateway's error message, if there is one. */
  readonly message?: string;
}

export function toProblem(error: unknown): Problem {
  if (!navigator.onLine) return { kind: 'offline' };
  if (CombinedGraphQLErrors.is(error)) return fromGraphqlErrors(error);
  if (ServerError.is(error)) return fromHttpStatus(error.statusCode, error.response);
  if (ServerParseError.is(error)) return fromHttpStatus(error.statusCode, error.response);
  return { kind: 'unreachable' };
}

function fromGraphqlErrors({ errors: [first] }: CombinedGraphQLErrors): Problem {
  const { code, retryAfterMs, retryable } = first?.extensions ?? {};
  const retry = typeof retryAfterMs === 'number' ? { retryAfterMs } : {};
  const message = first?.message ?? 'The gateway returned an error without a message.';
  switch (code) {
    case 'UNAUTHENTICATED':
      return { kind: 'unauthenticated' };
    case 'FORBIDDEN':
      return { kind: 'forbidden', message };
    case 'RATE_LIMITED':
      return { kind: 'throttled', message, ...retry };
    case 'SERVICE_UNAVAILABLE':
      // Only upstream errors have `retryable`.
      return { kind: retryable === undefined ? 'overloaded' : 'upstream', ...retry };
    case 'GATEWAY_TIMEOUT':
    case 'BAD_GATEWAY':
      return { kind: 'upstream', message, ...retry };
    default:
      return { kind: 'internal_error', message };
  }
}

/** Maps a response without GraphQL errors, for example from a proxy in front of the gateway. */
function fromHttpStatus(status: number, { headers }: Response): Problem {
  const seconds = Number(headers.get('retry-after'));
  const retry = seconds > 0 ? { retryAfterMs: seconds * 1000 } : {};
  if (status === 401) return { kind: 'unauthenticated' };
  if (status === 403) return { kind: 'forbidden' };
  if (status === 429) return { kind: 'throttled', ...retry };
  return status === 503 ? { kind: 'overloaded', ...retry } : { kind: 'unreachable', ...retry };
}

/** Whether the request used a cursor that does not belong to the requested list. */
export function isInvalidCursor(error: unknown): boolean {
  return (
    CombinedGraphQLErrors.is(error) &&
    error.errors.some(({ extensions }) => extensions?.reason === 'INVALID_CURSOR')
  );
}
