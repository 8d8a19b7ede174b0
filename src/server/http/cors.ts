import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

const PREFLIGHT_SECONDS = 86_400;

/** Pages of these origins may send operations and read the answers, with whatever headers they like, and without cookies. */
export async function allowOrigins(
  app: FastifyInstance,
  origins: readonly string[],
): Promise<void> {
  await app.register(cors, {
    origin: [...origins],
    methods: ['GET', 'POST'],
    strictPreflight: false,
    exposedHeaders: ['age', 'retry-after'],
    maxAge: PREFLIGHT_SECONDS,
  });
  allowPrivateNetwork(app);
}

/**
 * Browsers that know Private Network Access ask this before a public page may reach a private address. Those that have
 * Local Network Access in its place ask their user, and not the server.
 */
function allowPrivateNetwork(app: FastifyInstance): void {
  app.addHook('onSend', ({ headers }, reply, _payload, done) => {
    if (
      headers['access-control-request-private-network'] === 'true' &&
      reply.hasHeader('access-control-allow-origin')
    ) {
      reply.header('access-control-allow-private-network', 'true');
    }
    done();
  });
}
