import type {
  ApolloServerPlugin,
  GraphQLRequestContextDidEncounterErrors,
  GraphQLRequestContextWillSendResponse,
} from '@apollo/server';
import { unwrapResolverError } from '@apollo/server/errors';
import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import { UpstreamError } from '../../invocations/upstream-error.ts';
import type { ErrorLog } from '../errors/format-error.ts';
import type { ServerContext } from './server-context.ts';

export type ResponseContext = GraphQLRequestContextWillSendResponse<ServerContext>;
/** Called before a response is sent. */
export type ResponseHook = (context: ResponseContext) => void;

type ErrorContext = GraphQLRequestContextDidEncounterErrors<ServerContext>;

/**
 * Logs upstream errors, and post-processes every response. This is one plugin, because Apollo
 * Server awaits every hook of every plugin.
 */
export function responsePlugin(
  log: ErrorLog,
  ...more: readonly ResponseHook[]
): ApolloServerPlugin<ServerContext> {
  const hooks = [setRetryAfter, recordErrorCodes, ...more];
  const listener = {
    didEncounterErrors: ({ errors }: ErrorContext) => {
      logUpstreamErrors(log, errors);
      return Promise.resolve();
    },
    willSendResponse: (context: ResponseContext) => {
      for (const hook of hooks) hook(context);
      return Promise.resolve();
    },
  };
  return { requestDidStart: () => Promise.resolve(listener) };
}

/** Logs one line per request and kind of error, however many fields failed with it. */
function logUpstreamErrors(log: ErrorLog, errors: ErrorContext['errors']): void {
  const causes = errors.map(unwrapResolverError).filter((cause) => cause instanceof UpstreamError);
  for (const [kind, sameKind] of Map.groupBy(causes, (error) => error.kind)) {
    // The client disconnected, so no call failed.
    if (kind === 'cancelled') continue;
    log.warn({ err: sameKind[0], kind, fields: sameKind.length }, 'upstream error');
  }
}

/** Sets `Retry-After` from the errors, because more clients read the header than the extension. */
function setRetryAfter({ response: { body, http } }: ResponseContext): void {
  const seconds = Math.max(...errorsOf(body).map(retryAfterSeconds));
  if (seconds > 0) http.headers.set('retry-after', String(seconds));
}

function retryAfterSeconds({ extensions }: GraphQLFormattedError): number {
  const retryAfterMs = extensions?.retryAfterMs;
  return typeof retryAfterMs === 'number' ? Math.ceil(retryAfterMs / 1000) : 0;
}

function recordErrorCodes({ response: { body }, contextValue: { record } }: ResponseContext): void {
  const codes = errorsOf(body).map(({ extensions }) => String(extensions?.code));
  record.errorCodes = [...new Set(codes)];
}

function errorsOf(
  body: ResponseContext['response']['body'],
): NonNullable<FormattedExecutionResult['errors']> {
  return body.kind === 'single' ? (body.singleResult.errors ?? []) : [];
}
