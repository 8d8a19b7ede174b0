import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

const PREFLIGHT_SECONDS = 86_400;

/** Lets pages of these origins send operations with any headers, without cookies. */
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
 * Permits the preflight of Private Network Access, which some browsers send before a public page
 * may reach a private address. Browsers with Local Network Access ask their user instead.
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
