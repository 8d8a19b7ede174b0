import type { Invocation } from '../invocation.ts';

export interface PollSchedulerOptions {
  /** Between the starts of two readings, at the least. */
  readonly minMs: number;
  /** While nothing is in progress. */
  readonly maxMs: number;
}

/** A job is looked at again after this share of its age: it ends a few percent late at the most. */
const AGE_FACTOR = 0.1;
/** How near the end that is expected of it a job is looked at: half way, and half way again. */
const REMAINING_FACTOR = 0.5;
/** While something is in progress; others of its kind may end before it does. */
const MAX_DELAY_FACTOR = 0.5;
/** How much the latest duration counts among those before it. */
const EWMA_ALPHA = 0.3;

/**
 * How long until the jobs in progress are worth another look: soon after they were submitted and when the next should be
 * over, by what others of its model have taken; seldom in between; most seldom when there are none.
 */
export class PollScheduler {
  readonly #options: PollSchedulerOptions;
  /** What jobs of a model take, in milliseconds. */
  readonly #durations = new Map<string | null, number>();

  constructor(options: PollSchedulerOptions) {
    this.#options = options;
  }

  /** Takes note of a job that is over. */
  recordDuration({ modelArn, submitTime, endTime }: Invocation): void {
    if (submitTime === null || endTime === null || endTime < submitTime) return;
    const duration = endTime - submitTime;
    const before = this.#durations.get(modelArn) ?? duration;
    this.#durations.set(modelArn, before + EWMA_ALPHA * (duration - before));
  }

  /** Milliseconds from now, which is in milliseconds since the epoch. */
  nextDelayMs(inProgress: Iterable<Invocation>, now: number): number {
    const { minMs, maxMs } = this.#options;
    let waitMs: number | undefined;
    for (const job of inProgress) waitMs = Math.min(waitMs ?? Infinity, this.#delayFor(job, now));
    if (waitMs === undefined) return maxMs;
    return Math.max(minMs, Math.min(waitMs, maxMs * MAX_DELAY_FACTOR));
  }

  #delayFor({ modelArn, submitTime }: Invocation, now: number): number {
    if (submitTime === null) return this.#options.minMs;
    const age = Math.max(0, now - submitTime);
    const duration = this.#durations.get(modelArn);
    const rest = duration === undefined ? Infinity : Math.abs(duration - age) * REMAINING_FACTOR;
    return Math.min(age * AGE_FACTOR, rest);
  }
}
