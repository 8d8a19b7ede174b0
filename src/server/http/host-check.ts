import type { FastifyInstance } from 'fastify';
import type { AuthConfig, Config } from '../../config/config.ts';
import { isLoopback } from '../../config/loopback.ts';
import { HttpError } from '../errors/http-error.ts';

/** Returns whether authentication is disabled. */
export function isUnauthenticated({ token, routerSecrets }: AuthConfig): boolean {
  return !token && routerSecrets.length === 0;
}

/**
 * Protects an unauthenticated gateway on loopback against DNS rebinding. A page of another site
 * could otherwise let its own host name resolve to this machine and read responses as same-origin.
 */
export function enforceLoopbackHost(scope: FastifyInstance, config: Config): void {
  scope.addHook('onRequest', ({ hostname }, _reply, done) => {
    done(checkHost(hostname, config));
  });
}

/** Returns the error for a host name that is not allowed. */
export function checkHost(name: string, { auth, host }: Config): HttpError | undefined {
  if (!isUnauthenticated(auth) || !isLoopback(host) || isLoopback(name)) return undefined;
  const message = 'Host not allowed: use `localhost` or a loopback address.';
  return new HttpError(403, message, { code: 'FORBIDDEN' });
}
