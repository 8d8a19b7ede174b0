import type { ApolloServerPlugin } from '@apollo/server';
import type { FastifyInstance } from 'fastify';
import type { ServerContext } from './server-context.ts';

/** Time after the last request's deadline to send its response. */
const MARGIN_MS = 2000;

/**
 * When the server stops: accepts no connections, lets requests finish within their deadline, and
 * closes all connections that remain.
 */
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
