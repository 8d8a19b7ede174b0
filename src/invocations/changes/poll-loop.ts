import { UpstreamError } from '../upstream-error.ts';

export interface PollLoopOptions {
  /** Minimum time between the starts of two polls. */
  readonly minMs: number;
  /** Maximum delay after a failure, unless the upstream asks for more. */
  readonly maxMs: number;
  /** Maximum duration of one poll. */
  readonly timeoutMs: number;
}

export interface PollTask<Result> {
  readonly poll: (signal: AbortSignal, deadline: number) => Promise<Result>;
  /**
   * Returns the delay until the next poll. `isExpedited` is true when the loop was expedited while
   * this poll ran.
   */
  readonly onResult: (result: Result, isExpedited: boolean) => number;
  readonly onFailure: (error: Error, delayMs: number) => void;
  /** Called for the first success after a failure, before `onResult`. */
  readonly onRecovered: () => void;
}

/** Maximum wait that the upstream may ask for. */
const MAX_RETRY_AFTER_MS = 60_000;

/**
 * Decides when to poll. Runs one poll at a time, with a timeout, at least `minMs` apart, and with
 * growing delays after failures.
 */
export class PollLoop<Result> {
  readonly #options: PollLoopOptions;
  readonly #task: PollTask<Result>;
  #timer: NodeJS.Timeout | undefined;
  /** Set while a poll runs. */
  #controller: AbortController | undefined;
  #startedAt = -Infinity;
  #isStopped = true;
  #isExpedited = false;
  #failures = 0;

  constructor(options: PollLoopOptions, task: PollTask<Result>) {
    this.#options = options;
    this.#task = task;
  }

  /**
   * Starts the loop, or makes the next poll as early as `minMs` allows. After a failure the next
   * poll still waits for its delay.
   */
  expedite(): void {
    this.#isStopped = false;
    if (this.#controller) this.#isExpedited = true;
    else if (this.#failures === 0) this.#schedule(0);
  }

  /** Aborts a running poll. Its result is dropped. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#controller?.abort(new UpstreamError('cancelled', 'all subscribers have left'));
    this.#controller = undefined;
    this.#isStopped = true;
    this.#isExpedited = false;
    this.#failures = 0;
  }

  #schedule(delayMs: number): void {
    clearTimeout(this.#timer);
    const earliestMs = this.#startedAt + this.#options.minMs - performance.now();
    this.#timer = setTimeout(() => void this.#run(), Math.max(delayMs, earliestMs));
  }

  async #run(): Promise<void> {
    const { timeoutMs } = this.#options;
    this.#startedAt = performance.now();
    this.#isExpedited = false;
    const controller = new AbortController();
    this.#controller = controller;
    const timer = setTimeout(() => {
      controller.abort(new UpstreamError('timeout', 'the poll for changes timed out'));
    }, timeoutMs);
    const deadline = this.#startedAt + timeoutMs;
    const outcome = await this.#task.poll(controller.signal, deadline).then(toSuccess, toFailure);
    clearTimeout(timer);
    // The loop was stopped, and may have been started again since.
    if (this.#controller !== controller) return;
    this.#controller = undefined;
    const delayMs = outcome.ok ? this.#succeed(outcome.result) : this.#fail(outcome.error);
    if (!this.#isStopped) this.#schedule(delayMs);
  }

  #succeed(result: Result): number {
    if (this.#failures > 0) this.#task.onRecovered();
    this.#failures = 0;
    return this.#task.onResult(result, this.#isExpedited);
  }

  #fail(error: Error): number {
    this.#failures += 1;
    const delayMs = backoffMs(error, this.#failures, this.#options);
    this.#task.onFailure(error, delayMs);
    return delayMs;
  }
}

/** Returns the delay after consecutive failures, or the longer one that the upstream asks for. */
export function backoffMs(
  error: Error,
  failures: number,
  { minMs, maxMs }: Pick<PollLoopOptions, 'minMs' | 'maxMs'>,
): number {
  const retryAfterMs = error instanceof UpstreamError ? (error.retryAfterMs ?? 0) : 0;
  const exponentialMs = Math.min(maxMs, minMs * 2 ** failures);
  return Math.max(Math.min(retryAfterMs, MAX_RETRY_AFTER_MS), exponentialMs);
}

function toSuccess<Result>(result: Result) {
  return { ok: true, result } as const;
}

function toFailure(cause: unknown) {
  const error = cause instanceof Error ? cause : new Error('rejected without an error', { cause });
  return { ok: false, error } as const;
}
