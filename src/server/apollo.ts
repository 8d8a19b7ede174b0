import { ApolloServer, type ApolloServerOptionsWithGateway } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { FastifyInstance } from 'fastify';
import type { FormattedExecutionResult, GraphQLSchema } from 'graphql';
import type { LimitsConfig } from '../config/config.ts';
import { createExecutor, type Executor } from '../graphql/execution/executor.ts';
import { serialize } from '../graphql/execution/json-data.ts';
import { formatError } from './error-reports.ts';
import { guardOperations } from './guard-plugin.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { drainHttp } from './drain-plugin.ts';
import { finishAnswers } from './response-plugins.ts';
import { reportUpstream } from './upstream-report.ts';
import type { ServerContext } from './server-context.ts';

export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly introspection: boolean;
  readonly limits: LimitsConfig;
  readonly rateLimiter: RateLimiter;
  readonly requestTimeoutMs: number;
  readonly app: FastifyInstance;
  readonly reportUpstream: boolean;
}

/** Errors that the validation of one document reports at the most. */
const MAX_VALIDATION_ERRORS = 5;

export function createApollo(options: ApolloOptions) {
  const { schema, introspection, limits, rateLimiter, requestTimeoutMs, app } = options;
  return new ApolloServer<ServerContext>({
    gateway: executedBy(createExecutor(schema), schema),
    introspection,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    hideSchemaDetailsFromClientErrors: !introspection,
    includeStacktraceInErrorResponses: false,
    parseOptions: { maxLexicalTokens: limits.tokens },
    validationOptions: { maxErrors: MAX_VALIDATION_ERRORS },
    // The process belongs to the command line, which stops the server on a signal.
    stopOnTerminationSignals: false,
    logger: app.log,
    // What it gives is handed on as it is, to Fastify, which sends bytes as well as text.
    stringifyResult: serialize as (result: FormattedExecutionResult) => string,
    formatError: (formatted, error) => formatError(formatted, error, app.log),
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      // On in a subgraph by itself, for everyone who sends the header.
      ApolloServerPluginInlineTraceDisabled(),
      // On by themselves where the environment has Apollo's key: nothing is told to anyone that no setting here names.
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      drainHttp(app, requestTimeoutMs),
      guardOperations({ ...limits, rateLimiter }),
      finishAnswers(app.log, reportUpstream(options.reportUpstream)),
    ],
  });
}

/** What Apollo Server calls a gateway is, seen from it, a schema with an execution of its own. */
export function executedBy(execute: Executor, schema: GraphQLSchema): Gateway {
  return {
    onSchemaLoadOrUpdate: (callback) => {
      callback({ apiSchema: schema, coreSupergraphSdl: '' });
      return () => undefined;
    },
    load: () =>
      Promise.resolve({
        executor: ({ document, operation, request, context }) => {
          const { operationName, variables = {} } = request;
          return execute({ document, operation, operationName, variables, context });
        },
      }),
    stop: () => Promise.resolve(),
  };
}

type Gateway = ApolloServerOptionsWithGateway<ServerContext>['gateway'];
