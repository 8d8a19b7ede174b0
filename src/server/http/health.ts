import type { FastifyInstance } from 'fastify';

/** Whether the gateway can take requests now; may try to become so. */
export type Readiness = () => Promise<boolean>;

/** `/livez` says that the process runs, whatever AWS does; `/readyz` that requests make sense here. */
export function serveHealth(app: FastifyInstance, isReady: Readiness): void {
  app.get('/livez', () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const ready = await isReady();
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'unavailable' });
  });
}
