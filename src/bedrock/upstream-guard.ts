import {
  bulkhead,
  type BulkheadPolicy,
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  CountBreaker,
  handleWhen,
  isBrokenCircuitError,
  isBulkheadRejectedError,
  isTaskCancelledError,
} from 'cockatiel';
import { Fault } from '../invocations/fault.ts';
import type { Call } from '../invocations/source.ts';
import { untilAborted } from './until-aborted.ts';

export interface GuardOptions {
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

const OUTAGE_SHARE = 0.5;
const SHED_RETRY_AFTER_MS = 1000;

/**
 * Keeps one source from being asked too much at one time, and from being asked at all while it is down. Only outages open
 * the circuit: no connection, no answer in an attempt's time, or an error of the service's own. That it throttles, denies,
 * or was given too little time by a caller says nothing of its health.
 */
export class UpstreamGuard {
  readonly #bulkhead: BulkheadPolicy;
  readonly #circuit: CircuitBreakerPolicy;
  readonly #resetMs: number;

  constructor({ concurrency, queue, breaker: { samples, resetMs } }: GuardOptions) {
    this.#resetMs = resetMs;
    this.#bulkhead = bulkhead(concurrency, queue);
    this.#circuit = circuitBreaker(
      handleWhen((error) => error instanceof Outage),
      {
        halfOpenAfter: resetMs,
        breaker: new CountBreaker({ threshold: OUTAGE_SHARE, size: samples }),
      },
    );
  }

  get isOpen(): boolean {
    return this.#circuit.state === CircuitState.Open;
  }

  /** @throws {Fault} what the work throws, or `unavailable` without having asked. */
  async run<T>(work: () => Promise<T>, { signal }: Call): Promise<T> {
    const guarded = () => this.#circuit.execute(() => markOutages(work, signal));
    try {
      return await untilAborted(this.#bulkhead.execute(guarded, signal), signal);
    } catch (error) {
      throw this.#toFault(error, signal);
    }
  }

  #toFault(error: unknown, signal: AbortSignal): unknown {
    if (error instanceof Outage) return error.cause;
    if (error instanceof Error) {
      if (isTaskCancelledError(error)) return signal.reason;
      if (isBrokenCircuitError(error)) {
        const message = 'the circuit is open: the latest calls have failed';
        return new Fault('unavailable', message, { retryAfterMs: this.#resetMs });
      }
      if (isBulkheadRejectedError(error)) {
        const message = 'too many calls are waiting already';
        return new Fault('unavailable', message, { retryAfterMs: SHED_RETRY_AFTER_MS });
      }
    }
    return error;
  }
}

/** Tells the circuit what counts; what counts depends on the call, not on the fault alone. */
class Outage extends Error {}

async function markOutages<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isOutage(error, signal) ? new Outage('outage', { cause: error }) : error;
  }
}

function isOutage(error: unknown, signal: AbortSignal): boolean {
  if (signal.aborted || !(error instanceof Fault)) return false;
  const { kind, retryable } = error;
  return kind === 'unavailable' || kind === 'timeout' || (kind === 'unreadable' && !!retryable);
}
