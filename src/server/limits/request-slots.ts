import { Shares } from '../../concurrency/shares.ts';
import { HttpError } from '../errors/http-error.ts';

export interface RequestSlotsOptions {
  readonly concurrentRequests: number;
  readonly concurrentRequestsPerCaller: number;
  /** In milliseconds. 0 means no limit. */
  readonly eventLoopDelayMs: number;
}

/** While more than this share of all slots is taken, the rest is for callers that hold few. */
const CROWDED_SHARE = 0.8;
/** The share of all slots that a caller may hold then. */
const FEW_SHARE = 0.02;
/** The share of all slots that requests of one address may hold before they are authenticated. */
const ADDRESS_SHARE = 0.5;
const RETRY_AFTER_SECONDS = 1;

/**
 * Counts the requests in flight, in all and for each caller, and refuses those that would take the
 * gateway from other callers. A request first holds a slot of its address, and then one of its
 * caller.
 */
export class RequestSlots {
  readonly #options: RequestSlotsOptions;
  readonly #delayMs: () => number;
  readonly #callers = new Shares(Infinity);
  readonly #addresses: Shares;

  constructor(options: RequestSlotsOptions, delayMs: () => number) {
    this.#options = options;
    this.#delayMs = delayMs;
    this.#addresses = new Shares(Math.ceil(options.concurrentRequests * ADDRESS_SHARE));
  }

  get inFlight(): number {
    return this.#callers.total + this.#addresses.total;
  }

  /** Takes a slot for a request that is not authenticated yet. @throws {HttpError} */
  acquireForAddress(address: string): () => void {
    this.#assertCapacity();
    const release = this.#addresses.acquire(address);
    if (!release) throw overloaded('MAX_CONCURRENT_REQUESTS', this.#options.concurrentRequests);
    return release;
  }

  /**
   * Takes a slot for an authenticated request. A router without its users' tokens
   * may hold all slots.
   *
   * @throws {HttpError}
   */
  acquireForCaller(identity: string, isRouter: boolean): () => void {
    this.#assertCapacity();
    if (!isRouter) this.#assertShare(identity);
    const { concurrentRequests, concurrentRequestsPerCaller } = this.#options;
    const max = isRouter ? concurrentRequests : concurrentRequestsPerCaller;
    const release = this.#callers.acquire(identity, 1, max);
    if (!release) throw tooManyRequests(max);
    return release;
  }

  #assertCapacity(): void {
    const { concurrentRequests: max } = this.#options;
    if (this.inFlight >= max) throw overloaded('MAX_CONCURRENT_REQUESTS', max);
  }

  /** While the gateway is busy, refuses the callers that keep it busy, and not the others. */
  #assertShare(identity: string): void {
    const { concurrentRequests, eventLoopDelayMs } = this.#options;
    const held = this.#callers.held(identity);
    const isCrowded = this.inFlight >= concurrentRequests * CROWDED_SHARE;
    const hasOthers = held < this.#callers.total;
    if (isCrowded && hasOthers && held >= Math.max(1, concurrentRequests * FEW_SHARE)) {
      throw overloaded('MAX_CONCURRENT_REQUESTS', concurrentRequests);
    }
    if (eventLoopDelayMs === 0 || this.#callers.isBelowOthers(identity)) return;
    if (this.#delayMs() > eventLoopDelayMs) {
      throw overloaded('MAX_EVENT_LOOP_DELAY_MS', eventLoopDelayMs);
    }
  }
}

const HEADERS = { 'retry-after': String(RETRY_AFTER_SECONDS) };
const RETRY = { retryable: true, retryAfterMs: RETRY_AFTER_SECONDS * 1000 };

function overloaded(limit: string, max: number): HttpError {
  return new HttpError(503, 'The server is overloaded.', {
    code: 'SERVICE_UNAVAILABLE',
    headers: HEADERS,
    extensions: { ...RETRY, limit, max },
  });
}

function tooManyRequests(max: number): HttpError {
  const limit = 'MAX_CONCURRENT_REQUESTS_PER_CALLER';
  const message = `You have ${max} requests in flight, which is the maximum (\`${limit}\`).`;
  return new HttpError(429, message, {
    code: 'RATE_LIMITED',
    headers: HEADERS,
    extensions: { ...RETRY, limit, max },
  });
}
