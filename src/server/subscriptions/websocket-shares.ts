import type { LimitsConfig } from '../../config/config.ts';
import { Shares } from '../../concurrency/shares.ts';
import type { Caller } from '../auth/caller.ts';
import { HttpError } from '../errors/http-error.ts';

/** The pool of sockets that are not authenticated yet has room for this many addresses. */
const PENDING_ADDRESSES = 10;
const RETRY_AFTER_SECONDS = 5;

type WebSocketLimits = Pick<
  LimitsConfig,
  'subscriptions' | 'webSocketsPerCaller' | 'pendingWebSocketsPerAddress'
>;

/**
 * Counts the WebSockets of each caller, and those of each address that are not authenticated yet.
 * The two do not take each other's room.
 */
export class WebSocketShares {
  readonly #limits: WebSocketLimits;
  readonly #pending: Shares;
  readonly #callers: Shares;
  readonly #maxPending: number;
  #isClosed = false;

  constructor(limits: WebSocketLimits) {
    const { subscriptions, webSocketsPerCaller, pendingWebSocketsPerAddress: max } = limits;
    this.#limits = limits;
    this.#pending = new Shares(max);
    this.#callers = new Shares(webSocketsPerCaller);
    this.#maxPending = Math.max(subscriptions, PENDING_ADDRESSES * max);
  }

  /** Refuses all further sockets. */
  close(): void {
    this.#isClosed = true;
  }

  /** Counts a socket before it is authenticated. @throws {HttpError} */
  acquireForAddress(address: string): () => void {
    if (this.#isClosed) throw unavailable('The server is stopping. Retry with another server.');
    this.#assertTotal();
    const limit = 'MAX_PENDING_WEBSOCKETS_PER_ADDRESS';
    if (this.#pending.total >= this.#maxPending) {
      const message = 'The server has too many WebSockets that are not authenticated. Retry later.';
      throw unavailable(message, { limit, max: this.#maxPending });
    }
    const release = this.#pending.acquire(address);
    if (release) return release;
    const message = `Your address has too many WebSockets that are not authenticated (${limit}).`;
    throw tooMany(message, limit, this.#limits.pendingWebSocketsPerAddress);
  }

  /**
   * Counts an authenticated socket. A router without its users' tokens may have all sockets.
   *
   * @throws {HttpError}
   */
  acquireForCaller({ identity, representsMany }: Caller): () => void {
    this.#assertTotal();
    const limit = 'MAX_WEBSOCKETS_PER_CALLER';
    const { webSocketsPerCaller } = this.#limits;
    const max = representsMany ? Infinity : webSocketsPerCaller;
    const release = this.#callers.acquire(identity, 1, max);
    if (release) return release;
    throw tooMany(`Too many WebSockets (${limit}).`, limit, webSocketsPerCaller);
  }

  #assertTotal(): void {
    const { subscriptions: max } = this.#limits;
    if (this.#callers.total < max) return;
    const limit = 'MAX_SUBSCRIPTIONS';
    throw unavailable(`The server has too many open WebSockets (${limit}).`, { limit, max });
  }
}

const HEADERS = { 'retry-after': String(RETRY_AFTER_SECONDS) };
const RETRY = { retryable: true, retryAfterMs: RETRY_AFTER_SECONDS * 1000 };

function unavailable(message: string, extensions: object = {}): HttpError {
  const code = 'SERVICE_UNAVAILABLE';
  return new HttpError(503, message, {
    code,
    headers: HEADERS,
    extensions: { ...RETRY, ...extensions },
  });
}

function tooMany(message: string, limit: string, max: number): HttpError {
  const code = 'RATE_LIMITED';
  return new HttpError(429, message, {
    code,
    headers: HEADERS,
    extensions: { ...RETRY, limit, max },
  });
}
