import {
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  CountBreaker,
  handleWhen,
  isBrokenCircuitError,
} from 'cockatiel';
import { UpstreamError } from '../invocations/upstream-error.ts';
import type { CallContext } from '../invocations/source.ts';
import { Bulkhead, BulkheadFullError } from '../concurrency/bulkhead.ts';

export interface ResilienceOptions {
  /** Calls under way at one time. */
  readonly concurrency: number;
  /** Calls that wait for their turn; more are refused. */
  readonly queue: number;
  readonly breaker: {
    /** How many of the latest calls decide whether the circuit opens; more than half of them must have failed. */
    readonly samples: number;
    /** How long an open circuit waits before it lets one call try. */
    readonly resetMs: number;
  };
}

const FAILURE_THRESHOLD = 0.5;
const QUEUE_FULL_RETRY_AFTER_MS = 1000;

/**
 * Keeps one source from being asked too much at one time, and from being asked at all while it is down. Only outages open
 * the circuit: no connection, no credentials, no answer in an attempt's time, or an error of the service's own. That it
 * throttles, denies, or was given too little time by a caller says nothing of its health.
 */
export class ResiliencePolicy {
  readonly #turnstile: Bulkhead;
  readonly #circuit: CircuitBreakerPolicy;
  readonly #resetMs: number;

  constructor({ concurrency, queue, breaker: { samples, resetMs } }: ResilienceOptions) {
    this.#resetMs = resetMs;
    this.#turnstile = new Bulkhead(concurrency, queue);
    this.#circuit = circuitBreaker(
      handleWhen((error) => error instanceof CircuitFailure),
      {
        halfOpenAfter: resetMs,
        breaker: new CountBreaker({ threshold: FAILURE_THRESHOLD, size: samples }),
      },
    );
  }

  get isOpen(): boolean {
    return this.#circuit.state === CircuitState.Open;
  }

  /** @throws {UpstreamError} what the work throws, or `unavailable` without having asked. */
  async run<T>(work: () => Promise<T>, { signal }: CallContext): Promise<T> {
    const guarded = () => this.#circuit.execute(() => this.#classifyFailure(work, signal));
    try {
      return await this.#turnstile.run(guarded, signal);
    } catch (error) {
      throw this.#toFault(error);
    }
  }

  async #classifyFailure<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const tries = this.#circuit.state === CircuitState.HalfOpen;
    try {
      return await work();
    } catch (error) {
      // A try that was given up has not shown that the upstream is back.
      const outage = (tries && signal.aborted) || countsAsFailure(error, signal);
      throw outage ? new CircuitFailure('outage', { cause: error }) : error;
    }
  }

  #toFault(error: unknown): unknown {
    if (error instanceof CircuitFailure) return error.cause;
    if (error instanceof Error && isBrokenCircuitError(error)) {
      const message = 'the circuit is open: the latest calls have failed';
      return new UpstreamError('unavailable', message, { retryAfterMs: this.#resetMs });
    }
    if (error instanceof BulkheadFullError) {
      const message = 'too many calls are waiting already';
      return new UpstreamError('unavailable', message, { retryAfterMs: QUEUE_FULL_RETRY_AFTER_MS });
    }
    return error;
  }
}

/** Tells the circuit what counts; what counts depends on the call, not on the fault alone. */
class CircuitFailure extends Error {}

function countsAsFailure(error: unknown, signal: AbortSignal): boolean {
  if (signal.aborted || !(error instanceof UpstreamError)) return false;
  const { kind, retryable } = error;
  return kind === 'unavailable' || kind === 'timeout' || (kind === 'invalid_response' && !!retryable);
}
