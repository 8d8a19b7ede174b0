import { ApolloServer } from '@apollo/server';
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
import { createExecutor } from '../../executor/executor.ts';
import { serialize } from '../../executor/serialized-data.ts';
import { formatError } from '../errors/format-error.ts';
import { ConcurrentCost } from '../limits/concurrent-cost.ts';
import type { RateLimiter } from '../limits/rate-limiter.ts';
import { admissionPlugin } from './admission-plugin.ts';
import { asApolloGateway } from './apollo-gateway.ts';
import { drainHttp } from './drain-plugin.ts';
import { preparedDocumentPlugin } from './prepared-document-plugin.ts';
import { responsePlugin } from './response-plugin.ts';
import type { ServerContext } from './server-context.ts';
import { reportUpstream } from './upstream-extension.ts';

export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly introspection: boolean;
  readonly limits: LimitsConfig;
  readonly rateLimiter: RateLimiter;
  readonly requestTimeoutMs: number;
  readonly app: FastifyInstance;
  readonly compileQueries: boolean;
  readonly reportUpstream: boolean;
}

export function createApollo(options: ApolloOptions) {
  const { schema, introspection, limits, rateLimiter, requestTimeoutMs, app } = options;
  const { compileQueries } = options;
  const execute = createExecutor(schema, {
    compileQueries,
    maxBytes: limits.responseBytes,
    hideSuggestions: !introspection,
  });
  return new ApolloServer<ServerContext>({
    gateway: asApolloGateway(schema, (context) => {
      const { document, operation, operationName, variables, values } = context.operation;
      return execute({ document, operation, operationName, variables, values, context });
    }),
    documentStore: null,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    // Apollo Server would search each message. graphql-js hides its suggestions itself.
    hideSchemaDetailsFromClientErrors: false,
    includeStacktraceInErrorResponses: false,
    // The command line owns the process, and stops the server on a signal.
    stopOnTerminationSignals: false,
    logger: app.log,
    // Apollo Server passes the result through to Fastify, which sends bytes as well as strings.
    stringifyResult: serialize as (result: FormattedExecutionResult) => string,
    formatError: (formatted, error) => formatError(formatted, error, app.log),
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      // Subgraphs have it on by default, for every client that sends the header.
      ApolloServerPluginInlineTraceDisabled(),
      // Both are on by default if the environment has Apollo's key. No setting of the gateway
      // reports to Apollo.
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      drainHttp(app, requestTimeoutMs),
      preparedDocumentPlugin(),
      admissionPlugin({
        ...limits,
        rateLimiter,
        concurrentCost: new ConcurrentCost(limits.concurrentCostPerCaller),
      }),
      responsePlugin(app.log, reportUpstream(options.reportUpstream)),
    ],
  });
}
