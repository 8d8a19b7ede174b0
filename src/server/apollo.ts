import {
  ApolloServer,
  type ApolloServerPlugin,
  type GraphQLRequestListener,
  HeaderMap,
} from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { fastifyApolloDrainPlugin } from '@as-integrations/fastify';
import type { FastifyInstance } from 'fastify';
import {
  type ASTNode,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import type { GraphContext } from '../graphql/context.ts';
import { checkRepresentations } from '../graphql/representations.ts';
import { formatError } from './error-reports.ts';
import { type PublicError, toPublicError } from './public-error.ts';

export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly introspection: boolean;
  readonly app: FastifyInstance;
}

export function createApollo({ schema, introspection, app }: ApolloOptions) {
  return new ApolloServer<GraphContext>({
    schema,
    introspection,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    hideSchemaDetailsFromClientErrors: !introspection,
    includeStacktraceInErrorResponses: false,
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
      sayWhenToRetry,
    ],
  });
}

/** graphql-js 16 lets a document through that names a root type which the schema lacks, and fails when executing it. */
const refuseMissingRootTypes: ApolloServerPlugin<GraphContext> = {
  requestDidStart: () =>
    listener({
      didResolveOperation: ({ operation, schema }) => {
        if (!operation || schema.getRootType(operation.operation)) return Promise.resolve();
        const message = `This graph has no ${operation.operation} operations.`;
        throw badRequest(message, { code: 'GRAPHQL_VALIDATION_FAILED' }, operation);
      },
    }),
};

/** What cannot be answered is the request's mistake as a whole, like a variable that does not fit its type. */
const refuseBadRepresentations: ApolloServerPlugin<GraphContext> = {
  requestDidStart: () =>
    listener({
      didResolveOperation: ({ schema, document, operation, request: { variables = {} } }) => {
        try {
          if (operation) checkRepresentations({ schema, document, operation, variables });
          return Promise.resolve();
        } catch (error) {
          const known = toPublicError(error);
          throw known ? badRequest(known.message, known.extensions) : error;
        }
      },
    }),
};

function badRequest(
  message: string,
  extensions: PublicError['extensions'],
  nodes?: ASTNode,
): GraphQLError {
  const http = { status: 400, headers: new HeaderMap() };
  return new GraphQLError(message, { nodes: nodes ?? null, extensions: { ...extensions, http } });
}

/** Errors that say after how long a retry makes sense set `Retry-After` too, which more clients read. */
const sayWhenToRetry: ApolloServerPlugin<GraphContext> = {
  requestDidStart: () =>
    listener({
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

function listener(
  hooks: GraphQLRequestListener<GraphContext>,
): Promise<GraphQLRequestListener<GraphContext>> {
  return Promise.resolve(hooks);
}
