import { UpstreamError } from '../upstream-error.ts';
import type { CallContext } from '../source.ts';
import { untilAborted } from '../../concurrency/abortable.ts';

/**
 * One call upstream that several callers wait for. Each leaves when its own time is over or it is gone, and the last takes
 * the call along. What is to be told of the call is told to the first, who would have made it alone.
 */
export class CoalescedCall<T> {
  readonly startedAt = performance.now();
  readonly #controller = new AbortController();
  readonly #result: Promise<T>;
  #waiting = 0;

  /** @param read is asked at once, with a call that ends with nobody's time in particular. */
  constructor(read: (call: CallContext) => Promise<T>, first: CallContext) {
    this.#result = read({ ...first, signal: this.#controller.signal, deadline: Infinity });
  }

  /** Whether its last caller has left, so that nobody may join. */
  get isAborted(): boolean {
    return this.#controller.signal.aborted;
  }

  /** The result, or the reason for which this caller left. */
  async join({ signal }: CallContext): Promise<T> {
    this.#waiting += 1;
    try {
      return await untilAborted(this.#result, signal);
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0 && signal.aborted) {
        this.#controller.abort(
          new UpstreamError('cancelled', 'nobody waits for the answer any more'),
        );
      }
    }
  }
}
