import { UpstreamError } from '../../invocations/upstream-error.ts';

export interface StartLimitsOptions {
  /** Starts of all callers together. Undefined: unlimited. */
  readonly perMinute?: number | undefined;
  readonly perMinutePerCaller?: number | undefined;
}

interface Start {
  readonly caller: string | undefined;
  readonly time: number;
}

const MINUTE_MS = 60_000;

/**
 * Limits the invocations that are started in any 60 seconds, in all and per caller. It counts
 * distinct idempotency tokens, because requests with the same token start one invocation. Uses
 * memory for the tokens of the last minute.
 */
export class StartLimits {
  readonly #options: StartLimitsOptions;
  readonly #now: () => number;
  /** The counted starts by token, oldest first. */
  readonly #starts = new Map<string, Start>();

  constructor(options: StartLimitsOptions, now = () => performance.now()) {
    this.#options = options;
    this.#now = now;
  }

  /**
   * Counts a start. For an undefined caller only the common limit applies.
   *
   * @throws {UpstreamError} `rate_limited`, and then the start is not counted.
   */
  count(clientRequestToken: string, caller: string | undefined): void {
    const { perMinute, perMinutePerCaller } = this.#options;
    if (perMinute === undefined && perMinutePerCaller === undefined) return;
    const now = this.#now();
    this.#removeOld(now);
    if (this.#starts.has(clientRequestToken)) return;
    const starts = [...this.#starts.values()];
    if (caller !== undefined) {
      const own = starts.filter((start) => start.caller === caller);
      assertBelow('STARTS_PER_MINUTE_PER_CALLER', perMinutePerCaller, own, now);
    }
    assertBelow('STARTS_PER_MINUTE', perMinute, starts, now);
    this.#starts.set(clientRequestToken, { caller, time: now });
  }

  #removeOld(now: number): void {
    for (const [token, { time }] of this.#starts) {
      if (time > now - MINUTE_MS) break;
      this.#starts.delete(token);
    }
  }
}

function assertBelow(
  name: string,
  max: number | undefined,
  starts: readonly Start[],
  now: number,
): void {
  const oldest = starts[0];
  if (max === undefined || !oldest || starts.length < max) return;
  throw new UpstreamError('rate_limited', 'too many invocations were started in a minute', {
    retryAfterMs: Math.ceil(oldest.time + MINUTE_MS - now),
    limit: { name, max },
  });
}
