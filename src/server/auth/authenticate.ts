import type { IncomingHttpHeaders } from 'node:http';
import type { AuthConfig } from '../../config/config.ts';
import { HttpError } from '../errors/http-error.ts';
import { type Caller, READ_SCOPE, START_SCOPE } from './caller.ts';
import { matchesSecret } from './router-secret.ts';
import { CLOCK_TOLERANCE_SECONDS, TokenVerifier } from './token-verifier.ts';

/** As much of a request as says who sent it. */
export interface Credentials {
  readonly headers: IncomingHttpHeaders;
  readonly ip: string;
}

/** What a missing router secret is answered with depends on what was asked: see `refuseAllButRouter`. */
export type Authenticated = Caller | 'not-the-router';

export interface Authenticator {
  /** @throws {HttpError} 401 for credentials that are missing or wrong, 503 where nothing can be known of them. */
  authenticate(credentials: Credentials): Promise<Authenticated>;
  /** Whether callers can be told apart yet. */
  isReady(): Promise<boolean>;
}

const KEYS_RETRY_AFTER_SECONDS = 5;

/**
 * Three ways of knowing a caller, of which the settings say which hold:
 *
 * - the router's secret, for a subgraph: whoever has it may use the federation's fields, and nobody else may ask anything;
 * - bearer tokens of an issuer, whose scopes say what each caller may do. From a router, a token names its user and may
 *   be missing: then it may read, and not start anything, which takes a scope;
 * - neither: everyone who can reach the gateway may read, and start what may be started.
 */
export function createAuthenticator({ token, routerSecrets }: AuthConfig): Authenticator {
  const verifier = token && new TokenVerifier(token);
  return {
    isReady: () => (verifier ? verifier.isReady() : Promise.resolve(true)),

    authenticate: async ({ headers, ip }) => {
      const isRouter = routerSecrets.length > 0;
      if (isRouter) {
        const secret = headers['router-authorization'];
        if (secret === undefined) return 'not-the-router';
        if (typeof secret !== 'string' || !matchesSecret(secret, routerSecrets)) {
          throw unauthenticated('The router’s secret is wrong.', 'Router');
        }
        if (!verifier || headers.authorization === undefined) {
          const canStart = !verifier;
          return {
            identity: 'router',
            idempotencyScope: 'router',
            canRead: true,
            canStart,
            isRouter,
          };
        }
      }
      if (!verifier) return anonymous(ip);
      return { ...(await bearer(headers.authorization, verifier)), isRouter };
    },
  };
}

/** By its address for limits alone: who asks again may have another by then. */
function anonymous(ip: string): Caller {
  const rights = { canRead: true, canStart: true, isRouter: true };
  return { identity: `anonymous:${ip}`, idempotencyScope: 'anonymous', ...rights };
}

async function bearer(
  authorization: string | undefined,
  verifier: TokenVerifier,
): Promise<Omit<Caller, 'isRouter'>> {
  const [, token] = /^Bearer +([\w.~+/-]+=*)$/i.exec(authorization ?? '') ?? [];
  if (token === undefined) {
    throw unauthenticated('Send a bearer token in the header `Authorization`.', 'Bearer');
  }
  const verification = await verifier.verify(token);
  switch (verification.kind) {
    case 'valid': {
      const { iss, sub, scope, exp = 0 } = verification.payload;
      const scopes = typeof scope === 'string' ? scope.split(' ') : [];
      const identity = `${iss}#${sub}`;
      return {
        identity,
        idempotencyScope: `bearer:${identity}`,
        canRead: scopes.includes(READ_SCOPE),
        canStart: scopes.includes(START_SCOPE),
        credentialsExpireAt: (exp + CLOCK_TOLERANCE_SECONDS) * 1000,
      };
    }
    case 'invalid':
      throw unauthenticated('The bearer token is not valid here.', 'Bearer error="invalid_token"');
    case 'unavailable':
      throw new HttpError(503, 'Tokens cannot be checked at the moment.', {
        code: 'SERVICE_UNAVAILABLE',
        cause: verification.cause,
        headers: { 'retry-after': String(KEYS_RETRY_AFTER_SECONDS) },
      });
    default:
      return verification satisfies never;
  }
}

export function unauthenticated(message: string, challenge: string): HttpError {
  return new HttpError(401, message, {
    code: 'UNAUTHENTICATED',
    headers: { 'www-authenticate': challenge },
  });
}
