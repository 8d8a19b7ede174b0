import { isBrokenCircuitError } from 'cockatiel';
import { Bulkhead, BulkheadFullError, RateExceededError } from '../concurrency/bulkhead.ts';
import { CallRates } from '../concurrency/call-rates.ts';
import { type CallContext, SHARED_CALLERS } from '../invocations/source.ts';
import { UpstreamError, type UpstreamErrorKind } from '../invocations/upstream-error.ts';
import { Circuit, type CircuitOptions } from './circuit.ts';

export interface ResilienceOptions {
  /** Maximum number of concurrent calls. */
  readonly concurrency: number;
  /** Maximum number of waiting calls. */
  readonly queue: number;
  /** Attempts per second of all callers together. Undefined: unlimited. */
  readonly callsPerSecond?: number | undefined;
  readonly callsPerSecondPerCaller?: number | undefined;
  readonly breaker: CircuitOptions;
  /** Called for a call that is refused without an attempt. */
  readonly onRefusedCall?: (kind: UpstreamErrorKind) => void;
}

const QUEUE_FULL_RETRY_AFTER_MS = 1000;

/**
 * Limits the concurrent calls to one source and their rate, shares both fairly between the callers,
 * and makes no calls while the source is down.
 */
export class ResiliencePolicy {
  readonly #options: ResilienceOptions;
  readonly #rates: CallRates;
  readonly #bulkhead: Bulkhead;
  readonly #circuit: Circuit;

  constructor(options: ResilienceOptions) {
    this.#options = options;
    this.#rates = new CallRates({
      perSecond: options.callsPerSecond,
      perSecondPerCaller: options.callsPerSecondPerCaller,
      sharedCallers: SHARED_CALLERS,
    });
    this.#bulkhead = new Bulkhead({
      capacity: options.concurrency,
      queueCapacity: options.queue,
      rates: this.#rates,
    });
    this.#circuit = new Circuit(options.breaker);
  }

  get isOpen(): boolean {
    return this.#circuit.isOpen;
  }

  get queueLength(): number {
    return this.#bulkhead.queueLength;
  }

  /** @throws {UpstreamError} the error of the work, or the reason for which no call was made. */
  async run<T>(work: (call: CallContext) => Promise<T>, call: CallContext): Promise<T> {
    try {
      return await this.#bulkhead.run(() => this.#send(work, call), call);
    } catch (error) {
      const refusal = this.#toRefusal(error);
      if (refusal) this.#options.onRefusedCall?.(refusal.kind);
      throw refusal ?? error;
    }
  }

  /** The bulkhead has counted one attempt. The rates also count retries, and not a refused call. */
  async #send<T>(work: (call: CallContext) => Promise<T>, call: CallContext): Promise<T> {
    let attempts = 0;
    const countedCall: CallContext = {
      ...call,
      onUpstreamCall: (upstreamCall) => {
        attempts += upstreamCall.attempts;
        call.onUpstreamCall(upstreamCall);
      },
    };
    call.onSend?.();
    try {
      return await this.#circuit.run(() => work(countedCall), call);
    } finally {
      this.#rates.count(call.caller, attempts - 1);
    }
  }

  #toRefusal(error: unknown): UpstreamError | undefined {
    const { breaker, queue, callsPerSecond, callsPerSecondPerCaller } = this.#options;
    if (error instanceof Error && isBrokenCircuitError(error)) {
      const message = 'the circuit breaker is open: recent calls have failed';
      return new UpstreamError('unavailable', message, { retryAfterMs: breaker.resetMs });
    }
    if (error instanceof BulkheadFullError) {
      return new UpstreamError('unavailable', 'the queue for upstream calls is full', {
        retryAfterMs: QUEUE_FULL_RETRY_AFTER_MS,
        limit: { name: 'UPSTREAM_MAX_QUEUE', max: queue },
      });
    }
    if (error instanceof RateExceededError) {
      const { ms, rate } = error.delay;
      return new UpstreamError('rate_limited', 'the call could not start before its deadline', {
        retryAfterMs: Math.ceil(ms),
        limit:
          rate === 'caller'
            ? { name: 'UPSTREAM_CALLS_PER_SECOND_PER_CALLER', max: callsPerSecondPerCaller }
            : { name: 'UPSTREAM_CALLS_PER_SECOND', max: callsPerSecond },
      });
    }
    return undefined;
  }
}
