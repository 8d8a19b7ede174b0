import { isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { isLoopback } from '../../config/loopback.ts';
import { HttpError } from '../errors/http-error.ts';
import type { Metrics } from '../observability/metrics.ts';

export interface ManagementOptions {
  /** Returns whether the gateway can serve requests now. May try to become ready. */
  readonly isReady: () => Promise<boolean>;
  /** Undefined if the metrics are not served. */
  readonly metrics: Metrics | undefined;
  /** Returns the error for a host name that is not allowed. */
  readonly checkHost: (name: string) => HttpError | undefined;
}

/**
 * Serves the health checks and the metrics, without CORS. `/livez` reports that the process runs,
 * whatever the state of AWS. `/readyz` reports whether the gateway can serve requests.
 */
export async function serveManagement(
  app: FastifyInstance,
  { isReady, metrics, checkHost }: ManagementOptions,
): Promise<void> {
  await app.register((scope, _options, done) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, cors: false };
    });
    scope.addHook('onRequest', ({ hostname }, _reply, next) => {
      next(checkHost(hostname));
    });
    scope.get('/livez', () => ({ status: 'ok' }));
    scope.get('/readyz', async (_request, reply) => {
      const ready = await isReady();
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'unavailable' });
    });
    if (metrics) serveMetrics(scope, metrics);
    for (const path of ['/livez', '/readyz', '/metrics']) {
      scope.options(path, (_request, reply) => {
        reply.callNotFound();
      });
    }
    done();
  });
}

function serveMetrics(scope: FastifyInstance, { registry }: Metrics): void {
  scope.get('/metrics', async (_request, reply) =>
    reply.header('content-type', registry.contentType).send(await registry.metrics()),
  );
}

/**
 * Protects the health checks and the metrics on the public port against DNS rebinding. Probes use
 * an IP address, which a page of another site cannot make its own.
 */
export function checkProbeHost(name: string, host: string): HttpError | undefined {
  const isAddress = isIP(name.replace(/^\[|\]$/g, '')) !== 0;
  const isAllowed = name === '' || isAddress || isLoopback(name);
  if (isAllowed || name.toLowerCase() === host.toLowerCase()) return undefined;
  const message =
    'Host not allowed: use an IP address, or set `MANAGEMENT_PORT` and use that port.';
  return new HttpError(403, message, { code: 'FORBIDDEN' });
}
