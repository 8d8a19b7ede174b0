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

/** An answer that is about to be sent. */
export type ResponseContext = GraphQLRequestContextWillSendResponse<ServerContext>;
export type ResponseHook = (answer: ResponseContext) => void;

/**
 * Logs the faults behind an answer's errors, and puts the last hand to every answer. One plugin for all of it, because Apollo
 * Server waits for each plugin's every hook.
 */
export function responsePlugin(
  log: ErrorLog,
  ...more: readonly ResponseHook[]
): ApolloServerPlugin<ServerContext> {
  const all = [setRetryAfter, truncateRequestErrors, recordErrorCodes, ...more];
  const listener = {
    didEncounterErrors: ({ errors }: GraphQLRequestContextDidEncounterErrors<ServerContext>) => {
      logUpstreamErrors(log, errors);
      return Promise.resolve();
    },
    willSendResponse: (answer: ResponseContext) => {
      for (const finish of all) finish(answer);
      return Promise.resolve();
    },
  };
  return { requestDidStart: () => Promise.resolve(listener) };
}

/** One line a request for each kind of fault, however many fields suffer from it. That a caller has gone is no fault. */
function logUpstreamErrors(
  log: ErrorLog,
  errors: GraphQLRequestContextDidEncounterErrors<ServerContext>['errors'],
): void {
  const causes = errors.map(unwrapResolverError).filter((cause) => cause instanceof UpstreamError);
  for (const [kind, faults] of Map.groupBy(causes, (fault) => fault.kind)) {
    if (kind === 'cancelled') continue;
    log.warn({ err: faults[0], kind, fields: faults.length }, 'upstream error');
  }
}

/** Errors that say after how long a retry makes sense set `Retry-After` too, which more clients read. */
function setRetryAfter({ response: { body, http } }: ResponseContext): void {
  const seconds = Math.max(...errorsOf(body).map(retryAfterSeconds));
  if (seconds > 0) http.headers.set('retry-after', String(seconds));
}

function retryAfterSeconds({ extensions }: GraphQLFormattedError): number {
  const retryAfterMs = extensions?.retryAfterMs;
  return typeof retryAfterMs === 'number' ? Math.ceil(retryAfterMs / 1000) : 0;
}

/** Errors of a request that was not executed; more of them tell nobody more. */
const MAX_REQUEST_ERRORS = 6;

function truncateRequestErrors({ response: { body } }: ResponseContext): void {
  if (body.kind !== 'single' || body.singleResult.data !== undefined) return;
  const { errors, ...result } = body.singleResult;
  body.singleResult = {
    ...result,
    ...(errors && { errors: errors.slice(0, MAX_REQUEST_ERRORS) }),
  };
}

/** Notes the codes of a request's errors in its record. */
function recordErrorCodes({ response: { body }, contextValue: { record } }: ResponseContext): void {
  const codes = errorsOf(body).map(({ extensions }) => String(extensions?.code));
  record.errorCodes = [...new Set(codes)];
}

function errorsOf(
  body: ResponseContext['response']['body'],
): NonNullable<FormattedExecutionResult['errors']> {
  return body.kind === 'single' ? (body.singleResult.errors ?? []) : [];
}
