import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { fastifyApolloDrainPlugin } from '@as-integrations/fastify';
import type { FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { GraphContext } from '../graphql/context.ts';
import { formatError } from './error-reports.ts';
import { logFaults, sayWhenToRetry, tellFewErrors } from './response-plugins.ts';
import { refuseBadRepresentations, refuseMissingRootTypes } from './refusal-plugins.ts';

export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly introspection: boolean;
  readonly app: FastifyInstance;
}

/** Errors that the validation of one document reports at the most. */
const MAX_VALIDATION_ERRORS = 5;

export function createApollo({ schema, introspection, app }: ApolloOptions) {
  return new ApolloServer<GraphContext>({
    schema,
    introspection,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    hideSchemaDetailsFromClientErrors: !introspection,
    includeStacktraceInErrorResponses: false,
    validationOptions: { maxErrors: MAX_VALIDATION_ERRORS },
    // The process belongs to the command line, which stops the server on a signal.
    stopOnTerminationSignals: false,
    logger: app.log,
    formatError: (formatted, error) => formatError(formatted, error, app.log),
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      // On in a subgraph by itself, for everyone who sends the header.
      ApolloServerPluginInlineTraceDisabled(),
      fastifyApolloDrainPlugin(app),
      refuseMissingRootTypes,
      refuseBadRepresentations,
      logFaults(app.log),
      sayWhenToRetry,
      tellFewErrors,
    ],
  });
}
