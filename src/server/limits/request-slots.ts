import { Shares } from '../../concurrency/shares.ts';
import { HttpError } from '../errors/http-error.ts';

export interface RequestSlotsOptions {
  readonly concurrentRequests: number;
  readonly concurrentRequestsPerCaller: number;
  /** In milliseconds. 0 means no limit. */
  readonly eventLoopDelayMs: number;
}

/** Slots beyond the maximum, as a share of it. They are for callers that hold few. */
const RESERVE_SHARE = 0.25;
/** The share of all slots that is few. */
const FEW_SHARE = 0.02;
/** The share of all slots that requests of one address may hold before they are authenticated. */
const ADDRESS_SHARE = 0.5;
const RETRY_AFTER_SECONDS = 1;

/**
 * Counts the requests in flight, in all and for each caller, and refuses those that would take the
 * gateway from other callers. A request first holds a slot of its address, and then one of its
 * caller. When all slots are taken, a caller that holds few still gets one of a reserve.
 */
export class RequestSlots {
  readonly #options: RequestSlotsOptions;
  readonly #delayMs: () => number;
  readonly #callers = new Shares(Infinity);
  readonly #addresses: Shares;
  readonly #maxWithReserve: number;

  constructor(options: RequestSlotsOptions, delayMs: () => number) {
    const { concurrentRequests } = options;
    this.#options = options;
    this.#delayMs = delayMs;
    this.#addresses = new Shares(Math.ceil(concurrentRequests * ADDRESS_SHARE));
    this.#maxWithReserve = concurrentRequests + Math.ceil(concurrentRequests * RESERVE_SHARE);
  }

  get inFlight(): number {
    return this.#callers.total + this.#addresses.total;
  }

  /** Takes a slot for a request that is not authenticated yet. @throws {HttpError} */
  acquireForAddress(address: string): () => void {
    const isFull = this.inFlight >= this.#maxWithReserve;
    const release = isFull ? undefined : this.#addresses.acquire(address);
    if (!release) throw overloaded('MAX_CONCURRENT_REQUESTS', this.#options.concurrentRequests);
    return release;
  }

  /**
   * Takes a slot for an authenticated request. A router without its users' tokens may hold all
   * slots.
   *
   * @throws {HttpError}
   */
  acquireForCaller(identity: string, isRouter: boolean): () => void {
    const { concurrentRequests, concurrentRequestsPerCaller, eventLoopDelayMs } = this.#options;
    if (!this.#hasCapacity(identity)) {
      throw overloaded('MAX_CONCURRENT_REQUESTS', concurrentRequests);
    }
    // A delay is the fault of the callers that hold most.
    const isDelayed = eventLoopDelayMs > 0 && this.#delayMs() > eventLoopDelayMs;
    if (isDelayed && !this.#callers.isBelowOthers(identity)) {
      throw overloaded('MAX_EVENT_LOOP_DELAY_MS', eventLoopDelayMs);
    }
    const max = isRouter ? concurrentRequests : concurrentRequestsPerCaller;
    const release = this.#callers.acquire(identity, 1, max);
    if (!release) throw tooManyRequests(max);
    return release;
  }

  #hasCapacity(identity: string): boolean {
    const { concurrentRequests } = this.#options;
    if (this.inFlight < concurrentRequests) return true;
    const few = Math.max(1, concurrentRequests * FEW_SHARE);
    return this.inFlight < this.#maxWithReserve && this.#callers.held(identity) < few;
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
