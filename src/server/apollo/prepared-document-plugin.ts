import type { ApolloServerPlugin } from '@apollo/server';
import type { ServerContext } from './server-context.ts';

/**
 * Passes the document that the pipeline has prepared to Apollo Server, so that Apollo Server
 * neither parses nor validates a text. It requires that Apollo Server has no document store.
 */
export function preparedDocumentPlugin(): ApolloServerPlugin<ServerContext> {
  const listener = {
    didResolveSource: (requestContext: { readonly contextValue: ServerContext }) => {
      const { document } = requestContext.contextValue.operation;
      // The types make this property read-only, but Apollo Server keeps a document that is set.
      Object.assign(requestContext, { document });
      return Promise.resolve();
    },
  };
  return { requestDidStart: () => Promise.resolve(listener) };
}
