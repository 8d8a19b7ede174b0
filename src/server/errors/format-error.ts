import { randomUUID } from 'node:crypto';
import { unwrapResolverError } from '@apollo/server/errors';
import type { GraphQLFormattedError } from 'graphql';
import { type PublicError, toPublicError } from './public-error.ts';

/** Codes that the GraphQL server sets itself, on errors whose messages are about the request and safe to show. */
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

/** With which graphql-js ends its list of what is wrong with the variables; Apollo Server gives it no code. */
const TOO_MANY_VARIABLE_ERRORS = 'Too many errors processing variables';

/** How graphql-js says that a document is too long to be parsed. */
const TOO_MANY_TOKENS = /contains more tha[nt] (\d+) tokens/;

export interface ErrorLog {
  error(details: object, message: string): void;
  warn(details: object, message: string): void;
}

/** The error of a response as a caller sees it, whatever was thrown; what is masked gets an id that is in the log. */
export function formatError(
  formatted: GraphQLFormattedError,
  error: unknown,
  log: ErrorLog,
): GraphQLFormattedError {
  const cause = unwrapResolverError(error);
  const { message, extensions } = publicError(formatted, cause, log);
  const { locations, path } = formatted;
  return { message, ...(locations && { locations }), ...(path && { path }), extensions };
}

function publicError(
  { message, extensions }: GraphQLFormattedError,
  cause: unknown,
  log: ErrorLog,
): PublicError {
  const known = toPublicError(cause);
  if (known) return known;
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
    message: 'Something went wrong in the gateway.',
    extensions: { code: 'INTERNAL_SERVER_ERROR', errorId },
  };
}
