import { Fault, type FaultKind } from '../invocations/fault.ts';
import { UnreadableAnswer } from './unreadable-answer.ts';

/** By the name of the SDK's or the service's error. */
const KINDS = new Map<string, FaultKind>([
  ['AccessDeniedException', 'denied'],
  ['ValidationException', 'invalid'],
  ['ResourceNotFoundException', 'missing'],
  ['ConflictException', 'conflict'],
  ['ServiceQuotaExceededException', 'quota'],
  ['ThrottlingException', 'throttled'],
  ['TooManyRequestsException', 'throttled'],
  ['InternalServerException', 'unavailable'],
  ['ServiceUnavailableException', 'unavailable'],
  ['TimeoutError', 'timeout'],
  // The gateway's own credentials are missing, expired or wrong: to a caller that is an outage, never their doing.
  ['CredentialsProviderError', 'unavailable'],
  ['TokenProviderError', 'unavailable'],
  ['ExpiredToken', 'unavailable'],
  ['ExpiredTokenException', 'unavailable'],
  ['IncompleteSignatureException', 'unavailable'],
  ['InvalidClientTokenId', 'unavailable'],
  ['InvalidSignatureException', 'unavailable'],
  ['MissingAuthenticationTokenException', 'unavailable'],
  ['NotAuthorizedException', 'unavailable'],
  ['RequestExpired', 'unavailable'],
  ['SignatureDoesNotMatch', 'unavailable'],
  ['UnrecognizedClientException', 'unavailable'],
]);

/** What the SDK adds to an error, as far as this product reads it. */
interface SdkError extends Error {
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/**
 * The one place where errors of the SDK get a meaning. Names that are not in the table are told by the answer's status,
 * and without an answer by the network's error code. What has none of these is a defect of this product, and returned as
 * it is.
 */
export function toFault(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (!(error instanceof Error)) return error;
  const kind = kindOf(error);
  if (!kind) return error;
  const { name, code, message, $metadata, $response } = error as SdkError;
  const label = typeof code === 'string' ? `${name} ${code}` : name;
  return new Fault(kind, `${label}: ${message}`, {
    cause: error,
    upstreamRequestId: $metadata?.requestId,
    retryable: kind === 'unreadable' ? ($metadata?.httpStatusCode ?? 0) >= 500 : undefined,
    retryAfterMs: parseRetryAfter($response?.headers?.['retry-after']),
  });
}

function kindOf(error: SdkError): FaultKind | undefined {
  if (error instanceof UnreadableAnswer) return 'unreadable';
  const status = error.$metadata?.httpStatusCode;
  // The network's code goes before the name: the SDK calls a reset connection a TimeoutError.
  if (status === undefined && typeof error.code === 'string') return networkKind(error.code);
  return KINDS.get(error.name) ?? (status === undefined ? undefined : statusKind(status));
}

function statusKind(status: number): FaultKind {
  if (status === 429) return 'throttled';
  return status >= 500 ? 'unavailable' : 'unreadable';
}

/** `HPE_...` is the HTTP parser's; everything else means that there was no answer. */
function networkKind(code: string): FaultKind {
  if (code.startsWith('HPE_')) return 'unreadable';
  return code === 'ETIMEDOUT' ? 'timeout' : 'unavailable';
}

/** Seconds, as AWS sends it; a date is not worth a parser. */
function parseRetryAfter(header: string | undefined): number | undefined {
  const seconds = Number(header ?? NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}
