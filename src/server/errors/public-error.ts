import { UpstreamError, type UpstreamErrorKind } from '../../invocations/upstream-error.ts';
import { ForbiddenError } from '../../graphql/authorization.ts';
import { UserInputError } from '../../relay/user-input-error.ts';

/** What a caller is told of an error: never text of the upstream's. */
export interface PublicError {
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>> & { readonly code: string };
}

interface FaultRow {
  readonly code: string;
  readonly retryable: boolean;
  readonly message: string;
}

/** The table from what went wrong upstream to what a caller sees. `docs/errors.md` says what to do about each. */
const FAULTS: Readonly<Record<UpstreamErrorKind, FaultRow>> = {
  access_denied: {
    code: 'FORBIDDEN',
    retryable: false,
    message: 'Amazon Bedrock does not allow this gateway to do this.',
  },
  invalid: {
    code: 'BAD_USER_INPUT',
    retryable: false,
    message: 'Amazon Bedrock refused the values of this request.',
  },
  not_found: {
    code: 'BAD_GATEWAY',
    retryable: false,
    message: 'Amazon Bedrock does not know what this gateway asked for.',
  },
  conflict: {
    code: 'CONFLICT',
    retryable: false,
    message: 'This `clientRequestToken` has been used for something else.',
  },
  quota: {
    code: 'QUOTA_EXCEEDED',
    retryable: false,
    message: 'The account has as many invocations under way as Amazon Bedrock allows.',
  },
  throttled: {
    code: 'RATE_LIMITED',
    retryable: true,
    message: 'Amazon Bedrock asks to slow down.',
  },
  timeout: {
    code: 'GATEWAY_TIMEOUT',
    retryable: true,
    message: 'Amazon Bedrock did not answer in time.',
  },
  unavailable: {
    code: 'SERVICE_UNAVAILABLE',
    retryable: true,
    message: 'Amazon Bedrock cannot be reached at the moment.',
  },
  cancelled: {
    code: 'SERVICE_UNAVAILABLE',
    retryable: true,
    message: 'The request was given up.',
  },
  invalid_response: {
    code: 'BAD_GATEWAY',
    retryable: false,
    message: 'Amazon Bedrock gave an answer that cannot be read.',
  },
};

/** What callers are asked to wait where the upstream does not say. */
const DEFAULT_RETRY_AFTER_MS = 1000;

/** Undefined for an error that callers may know nothing about. */
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
  return error instanceof UpstreamError ? fromFault(error) : undefined;
}

function fromFault(fault: UpstreamError): PublicError {
  const { code, retryable, message } = FAULTS[fault.kind];
  const waits = fault.kind === 'throttled' || fault.kind === 'unavailable';
  return {
    message,
    extensions: {
      code,
      retryable: fault.retryable ?? retryable,
      ...(waits && { retryAfterMs: fault.retryAfterMs ?? DEFAULT_RETRY_AFTER_MS }),
      ...(fault.upstreamRequestId !== undefined && { awsRequestId: fault.upstreamRequestId }),
    },
  };
}
