import type { ApolloServerPlugin } from '@apollo/server';
import { unwrapResolverError } from '@apollo/server/errors';
import type { GraphQLFormattedError } from 'graphql';
import { Fault } from '../invocations/fault.ts';
import type { ErrorLog } from './error-reports.ts';
import type { ServerContext } from './server-context.ts';

/** Errors that say after how long a retry makes sense set `Retry-After` too, which more clients read. */
export const sayWhenToRetry: ApolloServerPlugin<ServerContext> = {
  requestDidStart: () =>
    Promise.resolve({
      willSendResponse: ({ response: { body, http } }) => {
        const errors = body.kind === 'single' ? (body.singleResult.errors ?? []) : [];
        const seconds = Math.max(...errors.map(retryAfterSeconds));
        if (seconds > 0) http.headers.set('retry-after', String(seconds));
        return Promise.resolve();
      },
    }),
};

function retryAfterSeconds({ extensions }: GraphQLFormattedError): number {
  const retryAfterMs = extensions?.retryAfterMs;
  return typeof retryAfterMs === 'number' ? Math.ceil(retryAfterMs / 1000) : 0;
}

/** Errors of a request that was not executed; more of them tell nobody more. */
const MAX_REQUEST_ERRORS = 6;

export const tellFewErrors: ApolloServerPlugin<ServerContext> = {
  requestDidStart: () =>
    Promise.resolve({
      willSendResponse: ({ response: { body } }) => {
        if (body.kind === 'single' && body.singleResult.data === undefined) {
          const { errors, ...result } = body.singleResult;
          body.singleResult = {
            ...result,
            ...(errors && { errors: errors.slice(0, MAX_REQUEST_ERRORS) }),
          };
        }
        return Promise.resolve();
      },
    }),
};

/** Notes the codes of a request's errors in its record. */
export const recordCodes: ApolloServerPlugin<ServerContext> = {
  requestDidStart: () =>
    Promise.resolve({
      willSendResponse: ({ response: { body }, contextValue: { record } }) => {
        const errors = body.kind === 'single' ? (body.singleResult.errors ?? []) : [];
        record.codes = [...new Set(errors.map(({ extensions }) => String(extensions?.code)))];
        return Promise.resolve();
      },
    }),
};

/** One line a request for each kind of fault, however many fields suffer from it. That a caller has gone is no fault. */
export function logFaults(log: ErrorLog): ApolloServerPlugin<ServerContext> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        didEncounterErrors: ({ errors }) => {
          const causes = errors.map(unwrapResolverError).filter((cause) => cause instanceof Fault);
          for (const [kind, faults] of Map.groupBy(causes, (fault) => fault.kind)) {
            if (kind === 'cancelled') continue;
            log.warn({ err: faults[0], kind, fields: faults.length }, 'upstream fault');
          }
          return Promise.resolve();
        },
      }),
  };
}
