import { type ApolloServerPlugin, HeaderMap } from '@apollo/server';
import { type ASTNode, GraphQLError } from 'graphql';
import type { GraphContext } from '../graphql/context.ts';
import { checkRepresentations } from '../graphql/representations.ts';
import { type PublicError, toPublicError } from './public-error.ts';

/** graphql-js 16 lets a document through that names a root type which the schema lacks, and fails when executing it. */
export const refuseMissingRootTypes: ApolloServerPlugin<GraphContext> = {
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation: ({ operation, schema }) => {
        if (!operation || schema.getRootType(operation.operation)) return Promise.resolve();
        const message = `This graph has no ${operation.operation} operations.`;
        throw badRequest(message, { code: 'GRAPHQL_VALIDATION_FAILED' }, [operation]);
      },
    }),
};

/** What cannot be answered is the request's mistake as a whole, like a variable that does not fit its type. */
export const refuseBadRepresentations: ApolloServerPlugin<GraphContext> = {
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation: ({ schema, document, operation, request: { variables = {} } }) => {
        try {
          if (operation) checkRepresentations({ schema, document, operation, variables });
          return Promise.resolve();
        } catch (error) {
          throw refusalOf(error);
        }
      },
    }),
};

function refusalOf(error: unknown): unknown {
  const known = toPublicError(error);
  if (known) return badRequest(known.message, known.extensions);
  // An argument's value, most often a null that a variable brought where none may be.
  if (error instanceof GraphQLError) {
    return badRequest(error.message, { code: 'BAD_USER_INPUT' }, error.nodes);
  }
  return error;
}

function badRequest(
  message: string,
  extensions: PublicError['extensions'],
  nodes?: readonly ASTNode[],
): GraphQLError {
  const http = { status: 400, headers: new HeaderMap() };
  return new GraphQLError(message, { nodes: nodes ?? null, extensions: { ...extensions, http } });
}
