import type { FastifyInstance } from 'fastify';

/** Returns whether the gateway can serve requests now. May try to become ready. */
export type Readiness = () => Promise<boolean>;

/**
 * `/livez` reports that the process runs, whatever the state of AWS. `/readyz` reports whether the
 * gateway can serve requests.
 */
export function serveHealth(app: FastifyInstance, isReady: Readiness): void {
  app.get('/livez', () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const ready = await isReady();
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'unavailable' });
  });
}
