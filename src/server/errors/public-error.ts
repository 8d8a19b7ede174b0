import { GraphQLError } from 'graphql';
import { ResponseTooLargeError } from '../../executor/executor.ts';
import { ForbiddenError } from '../../graphql/authorization.ts';
import { UpstreamError, type UpstreamErrorKind } from '../../invocations/upstream-error.ts';
import { UserInputError } from '../../relay/user-input-error.ts';

/** An error as clients see it. It never contains text of the upstream. */
export interface PublicError {
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>> & { readonly code: string };
}

/** Replaces every error that clients may know nothing about. */
export const INTERNAL_ERROR = {
  code: 'INTERNAL_SERVER_ERROR',
  message: 'Internal error. The gateway logged it with this `errorId`.',
} as const;

/** Longer messages are cut, because a message may quote what the client sent. */
const MAX_MESSAGE_LENGTH = 300;
const ELLIPSIS = '...';

/** Shortens the message of an error for clients. */
export function shortenMessage(message: string): string {
  if (message.length <= MAX_MESSAGE_LENGTH) return message;
  // The cut may divide a surrogate pair.
  const start = message.slice(0, MAX_MESSAGE_LENGTH - ELLIPSIS.length).toWellFormed();
  return `${start}${ELLIPSIS}`;
}

interface ErrorRow {
  readonly code: string;
  readonly message: string;
}

/** Maps each kind of upstream error to what clients see. `docs/errors.md` says what to do. */
const UPSTREAM_ERRORS: Readonly<Record<UpstreamErrorKind, ErrorRow>> = {
  access_denied: {
    code: 'FORBIDDEN',
    message: 'Amazon Bedrock denies this gateway access. Check the permissions of its AWS role.',
  },
  invalid: {
    code: 'BAD_USER_INPUT',
    message: 'Amazon Bedrock rejected the values of this request. Check the arguments.',
  },
  not_found: {
    code: 'BAD_GATEWAY',
    message: 'Amazon Bedrock does not know the operation or resource that the gateway requested.',
  },
  conflict: {
    code: 'CONFLICT',
    message: 'This `clientRequestToken` was already used with another input. Use a new token.',
  },
  quota: {
    code: 'QUOTA_EXCEEDED',
    message:
      'The account has reached its limit of concurrent invocations. Wait until one finishes.',
  },
  throttled: {
    code: 'RATE_LIMITED',
    message: 'Amazon Bedrock is throttling requests. Retry later.',
  },
  rate_limited: {
    code: 'RATE_LIMITED',
    message: 'A rate limit of this gateway is reached. Retry later.',
  },
  timeout: {
    code: 'GATEWAY_TIMEOUT',
    message: 'Amazon Bedrock did not respond in time. Retry later.',
  },
  unavailable: {
    code: 'SERVICE_UNAVAILABLE',
    message: 'Amazon Bedrock is unavailable. Retry later.',
  },
  cancelled: {
    code: 'SERVICE_UNAVAILABLE',
    message: 'The request was cancelled. Retry it.',
  },
  invalid_response: {
    code: 'BAD_GATEWAY',
    message: 'Amazon Bedrock returned an invalid response.',
  },
};

const HAS_RETRY_DELAY: ReadonlySet<UpstreamErrorKind> = new Set([
  'throttled',
  'rate_limited',
  'unavailable',
]);

/** The delay before a retry if the upstream sets none. */
const DEFAULT_RETRY_AFTER_MS = 1000;

/** Returns undefined for an error that clients may know nothing about. */
export function toPublicError(error: unknown): PublicError | undefined {
  if (error instanceof UserInputError) {
    return {
      message: error.message,
      extensions: { code: 'BAD_USER_INPUT', reason: error.reason, ...error.details },
    };
  }
  if (error instanceof ForbiddenError) {
    return { message: error.message, extensions: { code: 'FORBIDDEN' } };
  }
  if (error instanceof GraphQLError && error.originalError instanceof ResponseTooLargeError) {
    return responseTooLarge(error.originalError.maxBytes);
  }
  return error instanceof UpstreamError ? fromUpstreamError(error) : undefined;
}

export function responseTooLarge(max: number): PublicError {
  const limit = 'MAX_RESPONSE_BYTES';
  const message = `The response has more than ${max} bytes (\`${limit}\`). Request fewer rows or fields.`;
  return { message, extensions: { code: 'RESPONSE_TOO_LARGE', retryable: false, limit, max } };
}

function fromUpstreamError(error: UpstreamError): PublicError {
  const { kind, limit, retryable, retryAfterMs = DEFAULT_RETRY_AFTER_MS } = error;
  const { code, message } = UPSTREAM_ERRORS[kind];
  return {
    message: limit ? `The limit that \`${limit.name}\` sets is reached. Retry later.` : message,
    extensions: {
      code,
      retryable,
      ...(HAS_RETRY_DELAY.has(kind) && { retryAfterMs }),
      ...(limit && { limit: limit.name, max: limit.max }),
      ...(error.upstreamRequestId !== undefined && { awsRequestId: error.upstreamRequestId }),
    },
  };
}
