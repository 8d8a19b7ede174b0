import { untilAborted } from '../../concurrency/abortable.ts';
import type { CallContext } from '../source.ts';
import { UpstreamError } from '../upstream-error.ts';

/**
 * One upstream call that several callers wait for. Each caller leaves at its own deadline or when
 * it disconnects. The call is aborted when the last caller has left.
 *
 * Until the call leaves the queue, each caller has its own attempt in the queue, so that no caller
 * waits for the turn of another. The first attempt that leaves the queue is made for all, on behalf
 * of its caller, and the other attempts are aborted.
 */
export class CoalescedCall<T> {
  readonly startedAt = performance.now();
  readonly #read: (call: CallContext) => Promise<T>;
  readonly #result = Promise.withResolvers<T>();
  /** Resolves when the call has a result or has failed. */
  readonly settled: Promise<void>;
  /** The attempts that may still succeed, by caller. */
  readonly #attempts = new Map<string, AbortController>();
  #isSent = false;
  #isAborted = false;
  #waiting = 0;

  constructor(read: (call: CallContext) => Promise<T>) {
    this.#read = read;
    this.settled = this.#result.promise.then(ignore, ignore);
  }

  /** Whether the last caller has left. Further callers must not join. */
  get isAborted(): boolean {
    return this.#isAborted;
  }

  /** Returns the result, or rejects with the reason for which this caller left. */
  async join(call: CallContext): Promise<T> {
    const { caller, signal } = call;
    if (!this.#isSent && !this.#attempts.has(caller)) void this.#attempt(call);
    this.#waiting += 1;
    try {
      return await untilAborted(this.#result.promise, signal);
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0 && signal.aborted) {
        this.#isAborted = true;
        this.#abortAttempts();
      }
    }
  }

  /** Settles the result, unless another attempt may still do so. */
  async #attempt(call: CallContext): Promise<void> {
    const { caller } = call;
    const controller = new AbortController();
    this.#attempts.set(caller, controller);
    const onSend = () => {
      this.#isSent = true;
      this.#attempts.delete(caller);
      this.#abortAttempts();
      this.#attempts.set(caller, controller);
    };
    try {
      this.#result.resolve(await this.#read({ ...call, signal: controller.signal, onSend }));
    } catch (error) {
      if (this.#attempts.get(caller) === controller) this.#attempts.delete(caller);
      if (this.#attempts.size === 0) this.#result.reject(error);
    }
  }

  #abortAttempts(): void {
    for (const attempt of this.#attempts.values()) {
      attempt.abort(new UpstreamError('cancelled', 'all callers have left'));
    }
    this.#attempts.clear();
  }
}

function ignore(): void {
  // The result is for the callers that join.
}
