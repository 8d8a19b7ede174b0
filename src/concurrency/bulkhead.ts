import { type CallDelay, CallRates } from './call-rates.ts';
import { RoundRobinQueue } from './round-robin-queue.ts';
import { Shares } from './shares.ts';

export interface BulkheadOptions {
  /** Maximum number of tasks that run at the same time. */
  readonly capacity: number;
  /** Maximum number of tasks that wait. */
  readonly queueCapacity: number;
  readonly rates?: CallRates;
}

/** The caller of a task, and the time it can wait. */
export interface TaskContext {
  readonly caller: string;
  readonly signal: AbortSignal;
  /** On the clock of `performance.now()`. */
  readonly deadline: number;
}

type Release = (() => void) | undefined;

interface Waiter {
  readonly caller: string;
  readonly start: (release: Release) => void;
  readonly fail: (error: Error) => void;
}

/**
 * Limits the concurrency and the rate of tasks, with one bounded queue in which the callers take
 * turns. An aborted waiter frees its place in the queue immediately.
 *
 * - While tasks of other callers could start, a caller gets no more than half of the capacity.
 * - When the queue is full, the newest waiter of the caller with the most waiters is rejected, so
 *   that one caller cannot fill the queue for the others.
 * - A task that the rates would not start before its deadline is rejected at once.
 */
export class Bulkhead {
  readonly #options: BulkheadOptions;
  readonly #rates: CallRates;
  readonly #active = new Shares(Infinity);
  readonly #waiting = new RoundRobinQueue<Waiter>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: BulkheadOptions) {
    this.#options = options;
    this.#rates = options.rates ?? new CallRates({});
  }

  get queueLength(): number {
    return this.#waiting.size;
  }

  /**
   * @throws {BulkheadFullError} when the queue is full.
   * @throws {RateExceededError} when the rates would not start the task before its deadline.
   * @throws the signal's reason when it aborts before the task starts.
   */
  async run<T>(work: () => Promise<T>, context: TaskContext): Promise<T> {
    context.signal.throwIfAborted();
    const release = await this.#enqueue(context);
    try {
      return await work();
    } finally {
      release?.();
      this.#startWaiters();
    }
  }

  /** Resolves when the task may start, with a function that frees its slot. */
  async #enqueue({ caller, signal, deadline }: TaskContext): Promise<Release> {
    const { promise, resolve, reject } = Promise.withResolvers<Release>();
    const waiter = { caller, start: resolve, fail: reject };
    const onAbort = () => {
      this.#waiting.remove(caller, waiter);
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    this.#waiting.push(caller, waiter);
    this.#startWaiters();
    if (this.#waiting.size > this.#options.queueCapacity) {
      this.#waiting.popLongest(caller)?.fail(new BulkheadFullError());
    }
    if (this.#waiting.has(caller, waiter)) this.#assertInTime(waiter, deadline);
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Rejects the newest waiter of a caller when the rates would start it too late. */
  #assertInTime(waiter: Waiter, deadline: number): void {
    const { caller } = waiter;
    const rounds = this.#waiting.sizeOf(caller);
    const delay = this.#rates.delayOf(caller, rounds, this.#waiting.sizeOfRounds(rounds));
    if (performance.now() + delay.ms <= deadline) return;
    this.#waiting.remove(caller, waiter);
    waiter.fail(new RateExceededError(delay));
  }

  /** Starts all waiters that may start, and sets a timer for the next one. */
  #startWaiters(): void {
    clearTimeout(this.#timer);
    while (this.#active.total < this.#options.capacity) {
      const waiter = this.#shift();
      if (!waiter) {
        this.#wakeAfterDelay();
        return;
      }
      this.#rates.count(waiter.caller, 1);
      waiter.start(this.#active.acquire(waiter.caller));
    }
  }

  #shift(): Waiter | undefined {
    const share = this.#options.capacity / 2;
    const mayStart = (caller: string) => this.#rates.delayOf(caller).ms === 0;
    return (
      this.#waiting.shift((caller) => this.#active.held(caller) < share && mayStart(caller)) ??
      this.#waiting.shift(mayStart)
    );
  }

  #wakeAfterDelay(): void {
    if (this.#waiting.size === 0) return;
    const delays = [...this.#waiting.keys()].map((caller) => this.#rates.delayOf(caller).ms);
    this.#timer = setTimeout(
      () => {
        this.#startWaiters();
      },
      Math.ceil(Math.min(...delays)),
    );
  }
}

export class BulkheadFullError extends Error {
  override readonly name = 'BulkheadFullError';

  constructor() {
    super('the bulkhead queue is full');
  }
}

export class RateExceededError extends Error {
  override readonly name = 'RateExceededError';
  readonly delay: CallDelay;

  /** @param delay until the task could start. */
  constructor(delay: CallDelay) {
    super('the rates would start the task after its deadline');
    this.delay = delay;
  }
}
