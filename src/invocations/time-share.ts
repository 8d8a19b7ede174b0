import type { CallContext } from './source.ts';
import { UpstreamError } from './upstream-error.ts';

/**
 * Returns the same call with only a share, from 0 to 1, of the time that is left.
 * `release` must be called when the call has ended.
 */
export function withTimeShare(
  call: CallContext,
  share: number,
): { call: CallContext; release: () => void } {
  const timeMs = Math.max(0, call.deadline - performance.now()) * share;
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(new UpstreamError('timeout', 'the call took longer than its share of time'));
  }, timeMs);
  return {
    call: {
      ...call,
      deadline: performance.now() + timeMs,
      signal: AbortSignal.any([call.signal, controller.signal]),
    },
    release: () => {
      clearTimeout(timer);
    },
  };
}
