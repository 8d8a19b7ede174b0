import { randomUUID } from 'node:crypto';
import { unwrapResolverError } from '@apollo/server/errors';
import type { GraphQLFormattedError } from 'graphql';
import { INTERNAL_ERROR, type PublicError, shortenMessage, toPublicError } from './public-error.ts';

/** Codes of errors whose messages describe the request itself and are safe to show. */
const SERVER_CODES = new Set([
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'COST_ESTIMATED_TOO_EXPENSIVE',
  'DOCUMENT_NOT_TRUSTED',
  'FORBIDDEN',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'RATE_LIMITED',
  'SERVICE_UNAVAILABLE',
]);

export interface ErrorLog {
  error(details: object, message: string): void;
  warn(details: object, message: string): void;
}

/**
 * Converts any error to one that clients may see. A masked error gets an id, under which the log
 * has the original.
 */
export function formatError(
  formatted: GraphQLFormattedError,
  error: unknown,
  log: ErrorLog,
): GraphQLFormattedError {
  const cause = unwrapResolverError(error);
  const { message, extensions } = chooseError(formatted, cause, log);
  const { locations, path } = formatted;
  return {
    message: shortenMessage(message),
    ...(locations && { locations }),
    ...(path && { path }),
    extensions,
  };
}

function chooseError(
  { message, extensions }: GraphQLFormattedError,
  cause: unknown,
  log: ErrorLog,
): PublicError {
  const publicCause = toPublicError(cause);
  if (publicCause) return publicCause;
  const code = extensions?.code;
  if (typeof code === 'string' && SERVER_CODES.has(code)) {
    return { message, extensions: { ...extensions, code } };
  }
  const errorId = randomUUID();
  log.error({ err: cause, errorId }, 'internal error');
  return {
    message: INTERNAL_ERROR.message,
    extensions: { code: INTERNAL_ERROR.code, errorId },
  };
}
