import { UpstreamError, type UpstreamErrorKind } from '../invocations/upstream-error.ts';
import { InvalidResponseError } from './sdk/invalid-response-error.ts';

/** Kinds by the name of the SDK's or the service's error. */
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
  // The gateway's own credentials are missing, expired or wrong. For a caller that is an outage.
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

/** The fields of an SDK error that are read here. */
interface SdkError extends Error {
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/**
 * Converts an error of the SDK. The kind follows from the error's name, else from the status of the
 * response, and without a response from the network error code. An error with none of these is a
 * defect of this product, and is returned unchanged.
 */
export function toUpstreamError(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (!(error instanceof Error)) return error;
  const kind = errorKind(error);
  if (!kind) return error;
  const { name, code, message, $metadata, $response } = error as SdkError;
  const prefix = typeof code === 'string' ? `${name} ${code}` : name;
  return new UpstreamError(kind, `${prefix}: ${message}`, {
    cause: error,
    upstreamRequestId: $metadata?.requestId,
    retryable: kind === 'invalid_response' ? ($metadata?.httpStatusCode ?? 0) >= 500 : undefined,
    retryAfterMs: parseRetryAfter($response?.headers?.['retry-after']),
  });
}

function errorKind(error: SdkError): UpstreamErrorKind | undefined {
  if (error instanceof InvalidResponseError) return 'invalid_response';
  const status = error.$metadata?.httpStatusCode;
  // The network code comes before the name: the SDK names a reset connection TimeoutError.
  if (status === undefined && typeof error.code === 'string') {
    return kindFromNetworkCode(error.code);
  }
  return KINDS.get(error.name) ?? (status === undefined ? undefined : kindFromStatus(status));
}

function kindFromStatus(status: number): UpstreamErrorKind {
  if (status === 429) return 'throttled';
  return status >= 500 ? 'unavailable' : 'invalid_response';
}

/** `HPE_` codes come from the HTTP parser. All others mean that there was no response. */
function kindFromNetworkCode(code: string): UpstreamErrorKind {
  if (code.startsWith('HPE_')) return 'invalid_response';
  return code === 'ETIMEDOUT' ? 'timeout' : 'unavailable';
}

/** Clients and polls must not wait for hours because of one response. */
const MAX_RETRY_AFTER_MS = 60_000;

const SECONDS = /^\d+(?:\.\d*)?(?:e\+?\d+)?$/i;

/** Accepts seconds and an HTTP date. Returns whole milliseconds, from 0 to the maximum. */
function parseRetryAfter(header: string | undefined): number | undefined {
  const text = header?.trim() ?? '';
  const milliseconds = SECONDS.test(text) ? Number(text) * 1000 : millisecondsUntil(text);
  if (Number.isNaN(milliseconds)) return undefined;
  return Math.ceil(Math.min(Math.max(milliseconds, 0), MAX_RETRY_AFTER_MS));
}

function millisecondsUntil(httpDate: string): number {
  return httpDate.endsWith(' GMT') ? Date.parse(httpDate) - Date.now() : NaN;
}
