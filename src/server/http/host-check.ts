import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { AuthConfig, Config } from '../../config/config.ts';
import { isLoopback } from '../../config/loopback.ts';
import { HttpError } from '../errors/http-error.ts';

/** Returns whether authentication is disabled. */
export function isUnauthenticated({ token, routerSecrets }: AuthConfig): boolean {
  return !token && routerSecrets.length === 0;
}

/** A name or an IPv4 address, or an IPv6 address in brackets, and maybe a port. */
const HOST = /^(?:[\w.~-]{1,253}|\[[\da-f:.]{2,45}\])(?::\d{0,5})?$/i;

/** Refuses malformed hosts on every route, because the code after this parses them. */
export function refuseMalformedHosts(app: FastifyInstance): void {
  app.addHook('onRequest', ({ raw }, _reply, done) => {
    done(checkHostSyntax(raw));
  });
}

/** Returns the error for a request whose `Host` is malformed. HTTP/1.0 does not require one. */
export function checkHostSyntax({ headersDistinct }: IncomingMessage): HttpError | undefined {
  const { host: [host, ...others] = [] } = headersDistinct;
  const isValid = host === undefined || (HOST.test(host) && URL.canParse(`http://${host}`));
  if (isValid && others.length === 0) return undefined;
  const message =
    'The header `Host` is malformed. Send one host name or address, maybe with a port.';
  return new HttpError(400, message);
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
