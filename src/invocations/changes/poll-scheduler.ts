import type { Invocation } from '../invocation.ts';

export interface PollSchedulerOptions {
  /** Minimum delay. */
  readonly minMs: number;
  /** The delay while no invocation is in progress. */
  readonly maxMs: number;
}

/** The delay as a share of an invocation's age, so that its end is seen at most 10 % too late. */
const AGE_FACTOR = 0.1;
/** The delay as a share of the time until the expected end: half way, and half way again. */
const REMAINING_FACTOR = 0.5;
/** The maximum delay while an invocation is in progress, as a share of `maxMs`. */
const MAX_DELAY_FACTOR = 0.5;
/** The weight of the latest duration in the moving average. */
const EWMA_ALPHA = 0.3;

/**
 * Computes the delay until the next poll. It is short after a submission and near the expected end
 * of an invocation, which is estimated from earlier durations of its model. It is longer in
 * between, and longest when no invocation is in progress.
 */
export class PollScheduler {
  readonly #options: PollSchedulerOptions;
  /** Moving average of the duration, in milliseconds, by model. */
  readonly #durations = new Map<string | null, number>();

  constructor(options: PollSchedulerOptions) {
    this.#options = options;
  }

  /** Records the duration of an invocation that has ended. Ignores any other. */
  recordDuration({ modelArn, submitTime, endTime }: Invocation): void {
    if (submitTime === null || endTime === null || endTime < submitTime) return;
    const duration = endTime - submitTime;
    const average = this.#durations.get(modelArn) ?? duration;
    this.#durations.set(modelArn, average + EWMA_ALPHA * (duration - average));
  }

  /** @param now in milliseconds since the epoch. */
  nextDelayMs(inProgress: Iterable<Invocation>, now: number): number {
    const { minMs, maxMs } = this.#options;
    let shortestMs: number | undefined;
    for (const invocation of inProgress) {
      shortestMs = Math.min(shortestMs ?? Infinity, this.#delayFor(invocation, now));
    }
    if (shortestMs === undefined) return maxMs;
    return Math.max(minMs, Math.min(shortestMs, maxMs * MAX_DELAY_FACTOR));
  }

  #delayFor({ modelArn, submitTime }: Invocation, now: number): number {
    if (submitTime === null) return this.#options.minMs;
    const age = Math.max(0, now - submitTime);
    const duration = this.#durations.get(modelArn);
    const remaining = duration === undefined ? Infinity : Math.abs(duration - age);
    return Math.min(age * AGE_FACTOR, remaining * REMAINING_FACTOR);
  }
}
