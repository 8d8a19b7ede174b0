import {
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  CountBreaker,
  handleWhen,
  isBrokenCircuitError,
} from 'cockatiel';
import { Bulkhead, BulkheadFullError } from '../concurrency/bulkhead.ts';
import type { CallContext } from '../invocations/source.ts';
import { UPSTREAM_ERROR_PROPERTIES, UpstreamError } from '../invocations/upstream-error.ts';

export interface ResilienceOptions {
  /** Maximum number of concurrent calls. */
  readonly concurrency: number;
  /** Maximum number of waiting calls. Further calls fail at once. */
  readonly queue: number;
  readonly breaker: {
    /** Number of recent calls that are counted. The circuit opens when more than half failed. */
    readonly samples: number;
    /** How long the circuit stays open before one call may test the upstream. */
    readonly resetMs: number;
  };
}

const FAILURE_THRESHOLD = 0.5;
const QUEUE_FULL_RETRY_AFTER_MS = 1000;

/**
 * Limits the concurrent calls to one source, and makes none while the source is down. Only outages
 * open the circuit: no connection, no credentials, an attempt that times out, or an error in the
 * service itself. Throttling, denied access and a caller's short deadline say nothing about the
 * health of the source.
 */
export class ResiliencePolicy {
  readonly #bulkhead: Bulkhead;
  readonly #circuit: CircuitBreakerPolicy;
  readonly #resetMs: number;

  constructor({ concurrency, queue, breaker: { samples, resetMs } }: ResilienceOptions) {
    this.#resetMs = resetMs;
    this.#bulkhead = new Bulkhead(concurrency, queue);
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

  /** @throws {UpstreamError} the error of the work, or `unavailable` when no call was made. */
  async run<T>(work: () => Promise<T>, { signal }: CallContext): Promise<T> {
    const runInCircuit = () => this.#circuit.execute(() => this.#classifyFailure(work, signal));
    try {
      return await this.#bulkhead.run(runInCircuit, signal);
    } catch (error) {
      throw this.#toUpstreamError(error);
    }
  }

  async #classifyFailure<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const isHalfOpen = this.#circuit.state === CircuitState.HalfOpen;
    try {
      return await work();
    } catch (error) {
      // An aborted test call has not shown that the upstream works again.
      const isFailure = signal.aborted ? isHalfOpen : countsAsFailure(error);
      throw isFailure ? new CircuitFailure('outage', { cause: error }) : error;
    }
  }

  #toUpstreamError(error: unknown): unknown {
    if (error instanceof CircuitFailure) return error.cause;
    if (error instanceof Error && isBrokenCircuitError(error)) {
      const message = 'the circuit breaker is open: recent calls have failed';
      return new UpstreamError('unavailable', message, { retryAfterMs: this.#resetMs });
    }
    if (error instanceof BulkheadFullError) {
      const message = 'the queue for upstream calls is full';
      return new UpstreamError('unavailable', message, { retryAfterMs: QUEUE_FULL_RETRY_AFTER_MS });
    }
    return error;
  }
}

/** Marks an error that the circuit breaker counts. That depends on the call, not only the error. */
class CircuitFailure extends Error {}

function countsAsFailure(error: unknown): boolean {
  if (!(error instanceof UpstreamError)) return false;
  return UPSTREAM_ERROR_PROPERTIES[error.kind].countsAsFailure && error.retryable;
}
