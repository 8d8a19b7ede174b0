import type { ApolloServerOptionsWithGateway } from '@apollo/server';
import type { ExecutionResult, GraphQLSchema } from 'graphql';
import type { ServerContext } from './server-context.ts';

type Gateway = ApolloServerOptionsWithGateway<ServerContext>['gateway'];

/** Wraps a schema and its executor in the interface that Apollo Server calls a gateway. */
export function asApolloGateway(
  schema: GraphQLSchema,
  execute: (context: ServerContext) => Promise<ExecutionResult>,
): Gateway {
  return {
    onSchemaLoadOrUpdate: (callback) => {
      callback({ apiSchema: schema, coreSupergraphSdl: '' });
      return () => undefined;
    },
    load: () =>
      Promise.resolve({
        executor: ({ context }) => {
          assertServerContext(context);
          return execute(context);
        },
      }),
    stop: () => Promise.resolve(),
  };
}

/** Apollo Server does not pass the type of its context on to gateways. */
function assertServerContext(context: object): asserts context is ServerContext {
  if (!('operation' in context)) throw new Error('unreachable: not a context of this server');
}
