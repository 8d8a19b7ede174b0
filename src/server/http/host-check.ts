import type { FastifyInstance } from 'fastify';
import type { AuthConfig, Config } from '../../config/config.ts';
import { HttpError } from '../errors/http-error.ts';

/** Whether nobody is asked who they are. */
export function isUnauthenticated({ token, routerSecrets }: AuthConfig): boolean {
  return !token && routerSecrets.length === 0;
}

export function isLoopback(host: string): boolean {
  return /^(?:localhost|.*\.localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}

/**
 * What is open because it is on this machine alone must be asked for by this machine's name. Else a page of another site
 * could have its own name lead here, and read what it asks for: to the browser it would be the page's own site.
 */
export function enforceLoopbackHost(scope: FastifyInstance, config: Config): void {
  scope.addHook('onRequest', ({ hostname }, _reply, done) => {
    done(checkHost(hostname, config));
  });
}

export function checkHost(name: string, { auth, host }: Config): HttpError | undefined {
  if (!isUnauthenticated(auth) || !isLoopback(host) || isLoopback(name)) return undefined;
  const message = 'Ask for this by the name of this machine, such as `localhost`.';
  return new HttpError(403, message, { code: 'FORBIDDEN' });
}
