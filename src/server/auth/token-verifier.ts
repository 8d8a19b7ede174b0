import { LRUCache } from 'lru-cache';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JWTPayload,
  jwtVerify,
  type JWTVerifyGetKey,
} from 'jose';
import type { TokenConfig } from '../../config/config.ts';

export const CLOCK_TOLERANCE_SECONDS = 30;
/** Minimum time between two fetches of the JWKS because of unknown key ids. */
const COOLDOWN_MS = 30_000;
/** Keys are refetched when they are older than this. */
const CACHE_MAX_AGE_MS = 600_000;
const JWKS_TIMEOUT_MS = 3000;
/** After a failed fetch, the JWKS is not fetched again for this time. */
const JWKS_BACKOFF_MS = 5000;
/** While the JWKS cannot be fetched, keys up to this age remain valid. */
const MAX_KEYS_AGE_MS = 86_400_000;
/** Longer tokens are rejected without being parsed. */
const MAX_TOKEN_LENGTH = 8192;
const MAX_SUBJECT_LENGTH = 256;
/** How long a successful verification is cached, at most until the token expires. */
const TOKEN_CACHE_TTL_MS = 60_000;
const MAX_VALID_TOKENS = 1000;

export type Verification =
  | { readonly kind: 'valid'; readonly payload: JWTPayload }
  | { readonly kind: 'invalid' }
  /** The JWKS cannot be loaded. Only the first verification after a failed fetch has its cause. */
  | { readonly kind: 'unavailable'; readonly cause?: unknown };

/** Verifies bearer tokens with the keys that their issuer publishes. */
export class TokenVerifier {
  readonly #config: TokenConfig;
  readonly #keys: ReturnType<typeof createRemoteJWKSet>;
  #loading: Promise<boolean> | undefined;
  #keysFetchedAt = 0;
  #backoffUntil = 0;
  #unreportedCause: unknown;
  /** Verifying a signature costs more CPU than all other checks of a request. */
  readonly #validTokens = new LRUCache<string, JWTPayload>({ max: MAX_VALID_TOKENS });

  constructor(config: TokenConfig) {
    this.#config = config;
    this.#keys = createRemoteJWKSet(new URL(config.jwksUrl), {
      cooldownDuration: COOLDOWN_MS,
      cacheMaxAge: CACHE_MAX_AGE_MS,
      timeoutDuration: JWKS_TIMEOUT_MS,
    });
  }

  /** Returns whether the JWKS has been loaded. Tries to load it if not, except after a failure. */
  async isReady(): Promise<boolean> {
    if (this.#keys.jwks()) return true;
    if (Date.now() < this.#backoffUntil) return false;
    this.#loading ??= this.#load().finally(() => (this.#loading = undefined));
    return this.#loading;
  }

  async #load(): Promise<boolean> {
    try {
      await this.#keys.reload();
    } catch (cause) {
      this.#backOff(cause);
      return false;
    }
    this.#keysFetchedAt = Date.now();
    return true;
  }

  async verify(token: string): Promise<Verification> {
    if (token.length > MAX_TOKEN_LENGTH) return { kind: 'invalid' };
    const payload = this.#validTokens.get(token);
    if (payload) return { kind: 'valid', payload };
    if (Date.now() < this.#backoffUntil) return this.#verifyWithLastKeys(token);
    const verification = await this.#verifyWith(token, this.#keys);
    // An invalid token may be rejected before the keys are fetched, so only fresh keys count.
    if (this.#keys.fresh) this.#keysFetchedAt = Date.now();
    if (verification.kind !== 'unavailable') return verification;
    this.#backOff(verification.cause);
    return this.#verifyWithLastKeys(token);
  }

  #backOff(cause: unknown): void {
    // Several verifications may have waited for the same fetch.
    if (Date.now() < this.#backoffUntil) return;
    this.#backoffUntil = Date.now() + JWKS_BACKOFF_MS;
    this.#unreportedCause = cause;
  }

  #verifyWithLastKeys(token: string): Promise<Verification> | Verification {
    const keys = this.#keys.jwks();
    const tooOld = Date.now() - this.#keysFetchedAt > MAX_KEYS_AGE_MS;
    if (keys && !tooOld) return this.#verifyWith(token, createLocalJWKSet(keys));
    const cause = this.#unreportedCause;
    this.#unreportedCause = undefined;
    return { kind: 'unavailable', cause };
  }

  async #verifyWith(token: string, keys: JWTVerifyGetKey): Promise<Verification> {
    const { issuer, audience, algorithms } = this.#config;
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms: [...algorithms],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        requiredClaims: ['sub', 'exp'],
      });
      if (!isSubject(payload.sub)) return { kind: 'invalid' };
      this.#addToCache(token, payload);
      return { kind: 'valid', payload };
    } catch (cause) {
      return isInvalidTokenError(cause) ? { kind: 'invalid' } : { kind: 'unavailable', cause };
    }
  }

  #addToCache(token: string, payload: JWTPayload): void {
    const expiresAt = ((payload.exp ?? 0) + CLOCK_TOLERANCE_SECONDS) * 1000;
    const ttl = Math.min(TOKEN_CACHE_TTL_MS, expiresAt - Date.now());
    if (ttl > 0) this.#validTokens.set(token, payload, { ttl });
  }
}

/** The subject identifies the caller in limits and logs. */
function isSubject(sub: unknown): boolean {
  const isText = typeof sub === 'string' && sub.length <= MAX_SUBJECT_LENGTH && sub.isWellFormed();
  return isText && /[\p{L}\p{N}\p{P}\p{S}]/u.test(sub);
}

/** All other errors mean that the JWKS could not be fetched or is invalid. */
function isInvalidTokenError(error: unknown): boolean {
  return (
    error instanceof errors.JWTClaimValidationFailed ||
    error instanceof errors.JWTExpired ||
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys
  );
}
