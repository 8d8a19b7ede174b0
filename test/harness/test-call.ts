import type { CallContext } from '../../src/invocations/source.ts';

/** A call context that never aborts. */
export const NO_DEADLINE: CallContext = {
  caller: 'test',
  signal: new AbortController().signal,
  deadline: performance.now() + 3_600_000,
  bypassCache: false,
  onRecoveredError: () => undefined,
  onUpstreamCall: () => undefined,
  onRead: () => undefined,
};
