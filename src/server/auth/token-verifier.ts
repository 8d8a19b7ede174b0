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
/** For a key that is not among those known, the issuer is asked no more often than this. */
const COOLDOWN_MS = 30_000;
/** Keys are used for so long without asking whether they still hold. */
const CACHE_MAX_AGE_MS = 600_000;
const JWKS_TIMEOUT_MS = 3000;
/** After a failure the issuer is left alone for so long, whatever the tokens that come in. */
const JWKS_BACKOFF_MS = 5000;
/** Meanwhile the last keys go on holding, up to this age. */
const MAX_KEYS_AGE_MS = 86_400_000;
/** No issuer's tokens are longer; longer ones are refused unread. */
const MAX_TOKEN_LENGTH = 8192;
/** A token that was valid is taken for valid so long, and no longer than it says itself. */
const TOKEN_CACHE_TTL_MS = 60_000;
const MAX_VALID_TOKENS = 1000;

export type Verification =
  | { readonly kind: 'valid'; readonly payload: JWTPayload }
  | { readonly kind: 'invalid' }
  /** The issuer's keys cannot be had: nothing is known of the token. */
  | { readonly kind: 'unavailable'; readonly cause: unknown };

/** Checks bearer tokens against an issuer's published keys. */
export class TokenVerifier {
  readonly #config: TokenConfig;
  readonly #keys: ReturnType<typeof createRemoteJWKSet>;
  #hasKeys = false;
  /** When the keys were last known to be the issuer's. */
  #keysFetchedAt = 0;
  #backoffUntil = 0;
  #failure: unknown;
  /** Checking a signature costs more than everything else that is asked of a request. */
  readonly #valid = new LRUCache<string, JWTPayload>({ max: MAX_VALID_TOKENS });

  constructor(config: TokenConfig) {
    this.#config = config;
    this.#keys = createRemoteJWKSet(new URL(config.jwksUrl), {
      cooldownDuration: COOLDOWN_MS,
      cacheMaxAge: CACHE_MAX_AGE_MS,
      timeoutDuration: JWKS_TIMEOUT_MS,
    });
  }

  /** Whether the issuer's keys have been had; asks for them if not. */
  async isReady(): Promise<boolean> {
    if (!this.#hasKeys) {
      this.#hasKeys = await this.#keys.reload().then(
        () => true,
        () => false,
      );
      if (this.#hasKeys) this.#keysFetchedAt = Date.now();
    }
    return this.#hasKeys;
  }

  async verify(token: string): Promise<Verification> {
    if (token.length > MAX_TOKEN_LENGTH) return { kind: 'invalid' };
    const known = this.#valid.get(token);
    if (known) return { kind: 'valid', payload: known };
    if (Date.now() < this.#backoffUntil) return this.#verifyWithLastKeys(token, this.#failure);
    const verification = await this.#verifyWith(token, this.#keys);
    // A token may be refused before any key is looked at, which says nothing of how old the keys are.
    if (this.#keys.fresh) this.#keysFetchedAt = Date.now();
    if (verification.kind !== 'unavailable') return verification;
    this.#failure = verification.cause;
    this.#backoffUntil = Date.now() + JWKS_BACKOFF_MS;
    return this.#verifyWithLastKeys(token, verification.cause);
  }

  #verifyWithLastKeys(token: string, cause: unknown): Promise<Verification> | Verification {
    const keys = this.#keys.jwks();
    const tooOld = Date.now() - this.#keysFetchedAt > MAX_KEYS_AGE_MS;
    if (!keys || tooOld) return { kind: 'unavailable', cause };
    return this.#verifyWith(token, createLocalJWKSet(keys));
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
      this.#remember(token, payload);
      return { kind: 'valid', payload };
    } catch (cause) {
      return isInvalidTokenError(cause) ? { kind: 'invalid' } : { kind: 'unavailable', cause };
    }
  }

  #remember(token: string, payload: JWTPayload): void {
    const endsAt = ((payload.exp ?? 0) + CLOCK_TOLERANCE_SECONDS) * 1000;
    const ttl = Math.min(TOKEN_CACHE_TTL_MS, endsAt - Date.now());
    if (ttl > 0) this.#valid.set(token, payload, { ttl });
  }
}

/** Everything else is a fault of fetching the keys, or of the keys themselves. */
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
