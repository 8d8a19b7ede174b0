import {
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  CountBreaker,
  handleWhen,
  isBrokenCircuitError,
} from 'cockatiel';
import { Fault } from '../invocations/fault.ts';
import type { Call } from '../invocations/source.ts';
import { Turnstile, TurnstileFull } from './turnstile.ts';

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
 * the circuit: no connection, no credentials, no answer in an attempt's time, or an error of the service's own. That it
 * throttles, denies, or was given too little time by a caller says nothing of its health.
 */
export class UpstreamGuard {
  readonly #turnstile: Turnstile;
  readonly #circuit: CircuitBreakerPolicy;
  readonly #resetMs: number;

  constructor({ concurrency, queue, breaker: { samples, resetMs } }: GuardOptions) {
    this.#resetMs = resetMs;
    this.#turnstile = new Turnstile(concurrency, queue);
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
    const guarded = () => this.#circuit.execute(() => this.#markOutages(work, signal));
    try {
      return await this.#turnstile.run(guarded, signal);
    } catch (error) {
      throw this.#toFault(error);
    }
  }

  async #markOutages<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const tries = this.#circuit.state === CircuitState.HalfOpen;
    try {
      return await work();
    } catch (error) {
      // A try that was given up has not shown that the upstream is back.
      const outage = (tries && signal.aborted) || isOutage(error, signal);
      throw outage ? new Outage('outage', { cause: error }) : error;
    }
  }

  #toFault(error: unknown): unknown {
    if (error instanceof Outage) return error.cause;
    if (error instanceof Error && isBrokenCircuitError(error)) {
      const message = 'the circuit is open: the latest calls have failed';
      return new Fault('unavailable', message, { retryAfterMs: this.#resetMs });
    }
    if (error instanceof TurnstileFull) {
      const message = 'too many calls are waiting already';
      return new Fault('unavailable', message, { retryAfterMs: SHED_RETRY_AFTER_MS });
    }
    return error;
  }
}

/** Tells the circuit what counts; what counts depends on the call, not on the fault alone. */
class Outage extends Error {}

function isOutage(error: unknown, signal: AbortSignal): boolean {
  if (signal.aborted || !(error instanceof Fault)) return false;
  const { kind, retryable } = error;
  return kind === 'unavailable' || kind === 'timeout' || (kind === 'unreadable' && !!retryable);
}
