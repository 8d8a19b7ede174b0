import { UpstreamError } from './upstream-error.ts';
import type { CallContext } from './source.ts';

/** The same call with only a share of the time that is left, from 0 to 1. `release` must be called when it is over. */
export function withTimeShare(
  call: CallContext,
  share: number,
): { call: CallContext; release: () => void } {
  const timeMs = Math.max(0, call.deadline - performance.now()) * share;
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(new UpstreamError('timeout', 'the share of the time has passed'));
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
