/** Who a request is from, and what they may do. */
export interface Caller {
  /** Names the caller in logs, limits and caches. Holds no secret. */
  readonly identity: string;
  /** May see invocations. */
  readonly canRead: boolean;
  /** May start invocations, where the gateway does. */
  readonly canStart: boolean;
  /** Within it, one `clientRequestToken` is one wish. Callers who are not known have one together. */
  readonly idempotencyScope: string;
  /** When what the caller is known by ends, in milliseconds since the epoch; undefined: never. */
  readonly credentialsExpireAt?: number | undefined;
  /** May use the fields that are for routers: `_service` and `_entities`. */
  readonly isRouter: boolean;
}

/** The scope of a token whose bearer may see invocations. */
export const READ_SCOPE = 'async-invokes:read';

/** And of one whose bearer may start them. */
export const START_SCOPE = 'async-invokes:start';
