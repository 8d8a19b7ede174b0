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
import type { LimitsConfig } from '../../config/config.ts';
import { createExecutor, type Executor } from '../../executor/executor.ts';
import { serialize } from '../../executor/serialized-data.ts';
import { formatError } from '../errors/format-error.ts';
import { admissionPlugin } from './admission-plugin.ts';
import type { RateLimiter } from '../limits/rate-limiter.ts';
import { drainHttp } from './drain-plugin.ts';
import { responsePlugin } from './response-plugin.ts';
import { reportUpstream } from './upstream-extension.ts';
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
    gateway: asApolloGateway(createExecutor(schema), schema),
    introspection,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    hideSchemaDetailsFromClientErrors: !introspection,
    includeStacktraceInErrorResponses: false,
    parseOptions: { maxLexicalTokens: limits.documentTokens },
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
      admissionPlugin({ ...limits, rateLimiter }),
      responsePlugin(app.log, reportUpstream(options.reportUpstream)),
    ],
  });
}

/** What Apollo Server calls a gateway is, seen from it, a schema with an execution of its own. */
export function asApolloGateway(execute: Executor, schema: GraphQLSchema): Gateway {
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
