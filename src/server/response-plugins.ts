import type {
  ApolloServerPlugin,
  GraphQLRequestContextDidEncounterErrors,
  GraphQLRequestContextWillSendResponse,
} from '@apollo/server';
import { unwrapResolverError } from '@apollo/server/errors';
import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import { Fault } from '../invocations/fault.ts';
import type { ErrorLog } from './error-reports.ts';
import type { ServerContext } from './server-context.ts';

/** An answer that is about to be sent. */
export type Answer = GraphQLRequestContextWillSendResponse<ServerContext>;
export type Finish = (answer: Answer) => void;

/**
 * Logs the faults behind an answer's errors, and puts the last hand to every answer. One plugin for all of it, because Apollo
 * Server waits for each plugin's every hook.
 */
export function finishAnswers(
  log: ErrorLog,
  ...more: readonly Finish[]
): ApolloServerPlugin<ServerContext> {
  const all = [sayWhenToRetry, tellFewErrors, recordCodes, ...more];
  const listener = {
    didEncounterErrors: ({ errors }: GraphQLRequestContextDidEncounterErrors<ServerContext>) => {
      logFaults(log, errors);
      return Promise.resolve();
    },
    willSendResponse: (answer: Answer) => {
      for (const finish of all) finish(answer);
      return Promise.resolve();
    },
  };
  return { requestDidStart: () => Promise.resolve(listener) };
}

/** One line a request for each kind of fault, however many fields suffer from it. That a caller has gone is no fault. */
function logFaults(
  log: ErrorLog,
  errors: GraphQLRequestContextDidEncounterErrors<ServerContext>['errors'],
): void {
  const causes = errors.map(unwrapResolverError).filter((cause) => cause instanceof Fault);
  for (const [kind, faults] of Map.groupBy(causes, (fault) => fault.kind)) {
    if (kind === 'cancelled') continue;
    log.warn({ err: faults[0], kind, fields: faults.length }, 'upstream fault');
  }
}

/** Errors that say after how long a retry makes sense set `Retry-After` too, which more clients read. */
function sayWhenToRetry({ response: { body, http } }: Answer): void {
  const seconds = Math.max(...errorsOf(body).map(retryAfterSeconds));
  if (seconds > 0) http.headers.set('retry-after', String(seconds));
}

function retryAfterSeconds({ extensions }: GraphQLFormattedError): number {
  const retryAfterMs = extensions?.retryAfterMs;
  return typeof retryAfterMs === 'number' ? Math.ceil(retryAfterMs / 1000) : 0;
}

/** Errors of a request that was not executed; more of them tell nobody more. */
const MAX_REQUEST_ERRORS = 6;

function tellFewErrors({ response: { body } }: Answer): void {
  if (body.kind !== 'single' || body.singleResult.data !== undefined) return;
  const { errors, ...result } = body.singleResult;
  body.singleResult = {
    ...result,
    ...(errors && { errors: errors.slice(0, MAX_REQUEST_ERRORS) }),
  };
}

/** Notes the codes of a request's errors in its record. */
function recordCodes({ response: { body }, contextValue: { record } }: Answer): void {
  const codes = errorsOf(body).map(({ extensions }) => String(extensions?.code));
  record.codes = [...new Set(codes)];
}

function errorsOf(
  body: Answer['response']['body'],
): NonNullable<FormattedExecutionResult['errors']> {
  return body.kind === 'single' ? (body.singleResult.errors ?? []) : [];
}
