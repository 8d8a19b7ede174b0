import { UpstreamError, type UpstreamErrorKind } from '../invocations/upstream-error.ts';
import { InvalidResponseError } from './sdk/invalid-response-error.ts';

/** By the name of the SDK's or the service's error. */
const KINDS = new Map<string, UpstreamErrorKind>([
  ['AccessDeniedException', 'access_denied'],
  ['ValidationException', 'invalid'],
  ['ResourceNotFoundException', 'not_found'],
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
export function toUpstreamError(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (!(error instanceof Error)) return error;
  const kind = errorKind(error);
  if (!kind) return error;
  const { name, code, message, $metadata, $response } = error as SdkError;
  const label = typeof code === 'string' ? `${name} ${code}` : name;
  return new UpstreamError(kind, `${label}: ${message}`, {
    cause: error,
    upstreamRequestId: $metadata?.requestId,
    retryable: kind === 'invalid_response' ? ($metadata?.httpStatusCode ?? 0) >= 500 : undefined,
    retryAfterMs: parseRetryAfter($response?.headers?.['retry-after']),
  });
}

function errorKind(error: SdkError): UpstreamErrorKind | undefined {
  if (error instanceof InvalidResponseError) return 'invalid_response';
  const status = error.$metadata?.httpStatusCode;
  // The network's code goes before the name: the SDK calls a reset connection a TimeoutError.
  if (status === undefined && typeof error.code === 'string')
    return kindFromNetworkCode(error.code);
  return KINDS.get(error.name) ?? (status === undefined ? undefined : kindFromStatus(status));
}

function kindFromStatus(status: number): UpstreamErrorKind {
  if (status === 429) return 'throttled';
  return status >= 500 ? 'unavailable' : 'invalid_response';
}

/** `HPE_...` is the HTTP parser's; everything else means that there was no answer. */
function kindFromNetworkCode(code: string): UpstreamErrorKind {
  if (code.startsWith('HPE_')) return 'invalid_response';
  return code === 'ETIMEDOUT' ? 'timeout' : 'unavailable';
}

/** Seconds, as AWS sends it; a date is not worth a parser. */
function parseRetryAfter(header: string | undefined): number | undefined {
  const seconds = Number(header ?? NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}
