import {
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  CountBreaker,
  handleWhen,
  isBrokenCircuitError,
} from 'cockatiel';
import { LRUCache } from 'lru-cache';
import type { CallContext } from '../invocations/source.ts';
import { UPSTREAM_ERROR_PROPERTIES, UpstreamError } from '../invocations/upstream-error.ts';

export interface CircuitOptions {
  /** Number of recent calls that are counted. The circuit opens when more than half failed. */
  readonly samples: number;
  /** How long the circuit stays open before one call may test the upstream. */
  readonly resetMs: number;
}

const FAILURE_THRESHOLD = 0.5;
const MAX_FAILING_CALLERS = 1000;

/**
 * Makes no calls while the source is down. Only outages open the circuit: no connection, no
 * credentials, an attempt that times out, or an error in the service itself. Throttling, denied
 * access and a caller's short deadline say nothing about the health of the source.
 *
 * An open circuit refuses only the callers whose own latest call failed, because a caller may know
 * requests that always fail. During an outage each of the others makes one call.
 */
export class Circuit {
  readonly #circuit: CircuitBreakerPolicy;
  readonly #failingCallers = new LRUCache<string, true>({ max: MAX_FAILING_CALLERS });

  constructor({ samples, resetMs }: CircuitOptions) {
    this.#circuit = circuitBreaker(
      handleWhen((error) => error instanceof CircuitFailure),
      {
        halfOpenAfter: resetMs,
        breaker: new CountBreaker({ threshold: FAILURE_THRESHOLD, size: samples }),
      },
    );
    this.#circuit.onReset(() => {
      this.#failingCallers.clear();
    });
  }

  get isOpen(): boolean {
    return this.#circuit.state === CircuitState.Open;
  }

  /** @throws {BrokenCircuitError} when the call is not made. */
  async run<T>(work: () => Promise<T>, call: CallContext): Promise<T> {
    try {
      return await this.#execute(() => this.#observe(work, call), call.caller);
    } catch (error) {
      throw error instanceof CircuitFailure ? error.cause : error;
    }
  }

  async #execute<T>(observedWork: () => Promise<T>, caller: string): Promise<T> {
    if (this.#failingCallers.has(caller)) return this.#circuit.execute(observedWork);
    // The call that tests the upstream may be one that always fails.
    if (this.#circuit.state === CircuitState.HalfOpen) return observedWork();
    try {
      return await this.#circuit.execute(observedWork);
    } catch (error) {
      if (error instanceof Error && isBrokenCircuitError(error)) return observedWork();
      throw error;
    }
  }

  /** Remembers whether the call failed because of an outage. */
  async #observe<T>(work: () => Promise<T>, { caller, signal }: CallContext): Promise<T> {
    const isHalfOpen = this.#circuit.state === CircuitState.HalfOpen;
    try {
      const result = await work();
      this.#failingCallers.delete(caller);
      return result;
    } catch (error) {
      // An aborted test call has not shown that the upstream works again.
      const isFailure = signal.aborted ? isHalfOpen : countsAsFailure(error);
      if (isFailure) this.#failingCallers.set(caller, true);
      else if (!signal.aborted) this.#failingCallers.delete(caller);
      throw isFailure ? new CircuitFailure('outage', { cause: error }) : error;
    }
  }
}

/** Marks an error that the circuit breaker counts. That depends on the call, not only the error. */
class CircuitFailure extends Error {}

function countsAsFailure(error: unknown): boolean {
  if (!(error instanceof UpstreamError)) return false;
  return UPSTREAM_ERROR_PROPERTIES[error.kind].countsAsFailure && error.retryable;
}
