import { CombinedGraphQLErrors, ServerError, ServerParseError } from '@apollo/client/errors';

/** Why nothing newer can be had, of a closed set: each is worded, and each ends by itself but for the token. */
export type TroubleKind =
  | 'offline'
  | 'gateway'
  | 'busy'
  | 'upstream'
  | 'throttled'
  | 'unauthenticated'
  | 'forbidden'
  | 'defect';

export interface Trouble {
  readonly kind: TroubleKind;
  /** Not to be asked again before. */
  readonly retryAfterMs?: number;
  /** The gateway's own words, where it had some. */
  readonly message?: string;
}

export function toTrouble(error: unknown): Trouble {
  if (!navigator.onLine) return { kind: 'offline' };
  if (CombinedGraphQLErrors.is(error)) return fromGraph(error);
  if (ServerError.is(error)) return fromStatus(error.statusCode, error.response);
  if (ServerParseError.is(error)) return fromStatus(error.statusCode, error.response);
  return { kind: 'gateway' };
}

function fromGraph({ errors: [first] }: CombinedGraphQLErrors): Trouble {
  const { code, retryAfterMs, retryable } = first?.extensions ?? {};
  const waits = typeof retryAfterMs === 'number' ? { retryAfterMs } : {};
  const message = first?.message ?? 'The gateway did not say why.';
  switch (code) {
    case 'UNAUTHENTICATED':
      return { kind: 'unauthenticated' };
    case 'FORBIDDEN':
      return { kind: 'forbidden', message };
    case 'RATE_LIMITED':
      return { kind: 'throttled', message, ...waits };
    case 'SERVICE_UNAVAILABLE':
      // Only what comes from upstream says whether to try again.
      return { kind: retryable === undefined ? 'busy' : 'upstream', ...waits };
    case 'GATEWAY_TIMEOUT':
    case 'BAD_GATEWAY':
      return { kind: 'upstream', message, ...waits };
    default:
      return { kind: 'defect', message };
  }
}

/** What a proxy in between may answer with. */
function fromStatus(status: number, { headers }: Response): Trouble {
  const seconds = Number(headers.get('retry-after'));
  const waits = seconds > 0 ? { retryAfterMs: seconds * 1000 } : {};
  if (status === 401) return { kind: 'unauthenticated' };
  if (status === 403) return { kind: 'forbidden' };
  if (status === 429) return { kind: 'throttled', ...waits };
  return status === 503 ? { kind: 'busy', ...waits } : { kind: 'gateway', ...waits };
}

/** Whether the place in the list that was asked for is not one of this list. */
export function isForeignCursor(error: unknown): boolean {
  return (
    CombinedGraphQLErrors.is(error) &&
    error.errors.some(({ extensions }) => extensions?.reason === 'INVALID_CURSOR')
  );
}
