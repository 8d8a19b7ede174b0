import type { ApolloServerPlugin } from '@apollo/server';
import type { FastifyInstance } from 'fastify';
import type { ServerContext } from './server-context.ts';

/** Past the deadline of the last request: for its answer to be sent, and no longer for what sends half a request. */
const MARGIN_MS = 2000;

/** When the server stops: takes no connection, lets requests finish within their deadline, and cuts what is left. */
export function drainHttp(
  app: FastifyInstance,
  requestTimeoutMs: number,
): ApolloServerPlugin<ServerContext> {
  return {
    serverWillStart: () =>
      Promise.resolve({
        drainServer: async () => {
          const timer = setTimeout(() => {
            app.server.closeAllConnections();
          }, requestTimeoutMs + MARGIN_MS);
          await app.close();
          clearTimeout(timer);
        },
      }),
  };
}
