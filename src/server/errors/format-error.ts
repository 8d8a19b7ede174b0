import { randomUUID } from 'node:crypto';
import { unwrapResolverError } from '@apollo/server/errors';
import type { GraphQLFormattedError } from 'graphql';
import { INTERNAL_ERROR, type PublicError, toPublicError } from './public-error.ts';

/** Codes of errors whose messages describe the request itself and are safe to show. */
const SERVER_CODES = new Set([
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'COST_ESTIMATED_TOO_EXPENSIVE',
  'FORBIDDEN',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'RATE_LIMITED',
  'SERVICE_UNAVAILABLE',
]);

/** The last error of graphql-js's list of invalid variables. Apollo Server gives it no code. */
const TOO_MANY_VARIABLE_ERRORS = 'Too many errors processing variables';

/** graphql-js's error for a document with too many tokens. */
const TOO_MANY_TOKENS = /contains more tha[nt] (\d+) tokens/;

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
  return { message, ...(locations && { locations }), ...(path && { path }), extensions };
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
    const [, maxTokens] = TOO_MANY_TOKENS.exec(message) ?? [];
    const limit = maxTokens !== undefined && {
      limit: 'MAX_DOCUMENT_TOKENS',
      max: Number(maxTokens),
    };
    return { message, extensions: { ...extensions, code, ...limit } };
  }
  if (message.startsWith(TOO_MANY_VARIABLE_ERRORS)) {
    return { message, extensions: { code: 'BAD_USER_INPUT' } };
  }
  const errorId = randomUUID();
  log.error({ err: cause, errorId }, 'internal error');
  return {
    message: INTERNAL_ERROR.message,
    extensions: { code: INTERNAL_ERROR.code, errorId },
  };
}
