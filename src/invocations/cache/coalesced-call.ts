import { untilAborted } from '../../concurrency/abortable.ts';
import type { CallContext } from '../source.ts';
import { UpstreamError } from '../upstream-error.ts';

/**
 * One upstream call that several callers wait for. Each caller leaves at its own deadline or when
 * it disconnects. The call is aborted when the last caller has left. The callbacks of the first
 * caller are called for it, because that caller would have made the call alone.
 */
export class CoalescedCall<T> {
  readonly startedAt = performance.now();
  readonly #controller = new AbortController();
  readonly #result: Promise<T>;
  #waiting = 0;

  /** @param read is called at once, with a call that has no deadline. */
  constructor(read: (call: CallContext) => Promise<T>, first: CallContext) {
    this.#result = read({ ...first, signal: this.#controller.signal, deadline: Infinity });
  }

  /** Whether the last caller has left. Further callers must not join. */
  get isAborted(): boolean {
    return this.#controller.signal.aborted;
  }

  /** Returns the result, or rejects with the reason for which this caller left. */
  async join({ signal }: CallContext): Promise<T> {
    this.#waiting += 1;
    try {
      return await untilAborted(this.#result, signal);
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0 && signal.aborted) {
        this.#controller.abort(new UpstreamError('cancelled', 'all callers have left'));
      }
    }
  }
}
