/** The sender of a request, and what it may do. */
export interface Caller {
  /** Identifies the caller in logs, limits and caches. Contains no secret. */
  readonly identity: string;
  readonly canRead: boolean;
  /** May start invocations, if the gateway allows starting. */
  readonly canStart: boolean;
  /** Scope within which idempotency tokens are shared. Anonymous callers share one scope. */
  readonly idempotencyScope: string;
  /** Milliseconds since the epoch. Undefined: the credentials do not expire. */
  readonly credentialsExpireAt?: number | undefined;
  /** May use the federation fields `_service` and `_entities`. */
  readonly isRouter: boolean;
  /** Whether this is a router without a user's token, so that many users share the identity. */
  readonly representsMany: boolean;
}

/** Returns the caller of a request. The hooks run after authentication, so it is always set. */
export function assertAuthenticated({ caller }: { readonly caller: Caller | undefined }): Caller {
  if (!caller) throw new Error('unreachable: unauthenticated request');
  return caller;
}

/** The token scope for reading invocations. */
export const READ_SCOPE = 'async-invokes:read';

/** The token scope for starting invocations. */
export const START_SCOPE = 'async-invokes:start';
