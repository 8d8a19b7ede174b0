import type { IncomingHttpHeaders } from 'node:http';
import type { AuthConfig } from '../../config/config.ts';
import { HttpError } from '../errors/http-error.ts';
import { addressKey } from '../limits/address-key.ts';
import { type Caller, READ_SCOPE, START_SCOPE } from './caller.ts';
import { matchesSecret } from './router-secret.ts';
import { CLOCK_TOLERANCE_SECONDS, TokenVerifier } from './token-verifier.ts';

/** The parts of a request that identify its sender. */
export interface Credentials {
  readonly headers: IncomingHttpHeaders;
  readonly ip: string;
}

/**
 * `notRouter`: the router secret is required and missing. The response depends on the requested
 * fields, so the route rejects the request later.
 */
export type Authenticated =
  { readonly kind: 'caller'; readonly caller: Caller } | { readonly kind: 'notRouter' };

export interface Authenticator {
  /** @throws {HttpError} 401 for missing or invalid credentials, 503 if they cannot be checked. */
  authenticate(credentials: Credentials): Promise<Authenticated>;
  /** Returns whether the JWKS has been loaded. Tries to load it if not. */
  isReady(): Promise<boolean>;
}

const KEYS_RETRY_AFTER_SECONDS = 5;

const INVALID_TOKEN =
  'The bearer token is invalid or expired. Get a new one from the issuer that AUTH_ISSUER names.';

/**
 * Callers authenticate in one of three ways, depending on the settings:
 *
 * - The router secret, for a subgraph. Only the router may send operations, and it may use the
 *   federation fields.
 * - Bearer tokens of an issuer. Their scopes grant reading and starting. With a router secret, the
 *   token identifies the router's user and is optional: without it, the request may only read.
 * - Neither. Everyone who can reach the gateway may read, and start what the allow-lists permit.
 */
export function createAuthenticator({ token, routerSecrets }: AuthConfig): Authenticator {
  const verifier = token && new TokenVerifier(token);
  return {
    isReady: () => (verifier ? verifier.isReady() : Promise.resolve(true)),

    authenticate: async ({ headers, ip }) => {
      const isRouter = routerSecrets.length > 0;
      if (isRouter) {
        const secret = headers['router-authorization'];
        if (secret === undefined) return { kind: 'notRouter' };
        if (typeof secret !== 'string' || !matchesSecret(secret, routerSecrets)) {
          const message = 'The header `Router-Authorization` does not match ROUTER_SECRET.';
          throw unauthenticated(message, 'Router');
        }
        if (!verifier || headers.authorization === undefined) {
          return { kind: 'caller', caller: routerItself({ canStart: !verifier }) };
        }
      }
      if (!verifier) return { kind: 'caller', caller: anonymous(ip) };
      const user = await bearer(headers.authorization, verifier);
      return { kind: 'caller', caller: { ...user, isRouter } };
    },
  };
}

/** A router's request without a user's token. */
function routerItself({ canStart }: Pick<Caller, 'canStart'>): Caller {
  const rights = { canRead: true, canStart, isRouter: true };
  return { identity: 'router', idempotencyScope: 'router', representsMany: true, ...rights };
}

/** The address identifies the caller only for limits: retries may come from another address. */
function anonymous(ip: string): Caller {
  const rights = { canRead: true, canStart: true, isRouter: true };
  const identity = `anonymous:${addressKey(ip)}`;
  return { identity, idempotencyScope: 'anonymous', representsMany: false, ...rights };
}

async function bearer(
  authorization: string | undefined,
  verifier: TokenVerifier,
): Promise<Omit<Caller, 'isRouter'>> {
  const [, token] = /^Bearer +([\w.~+/-]+=*)$/i.exec(authorization ?? '') ?? [];
  if (token === undefined) {
    throw unauthenticated(
      'Authentication is required. Send a bearer token in the header `Authorization`.',
      'Bearer',
    );
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
        representsMany: false,
        credentialsExpireAt: (exp + CLOCK_TOLERANCE_SECONDS) * 1000,
      };
    }
    case 'invalid':
      throw unauthenticated(INVALID_TOKEN, 'Bearer error="invalid_token"');
    case 'unavailable':
      throw new HttpError(503, 'Bearer tokens cannot be verified at the moment. Retry later.', {
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
