import type { Call } from '../../src/invocations/source.ts';

/** A call that nothing ends. */
export const UNBOUNDED: Call = {
  signal: new AbortController().signal,
  deadline: performance.now() + 3_600_000,
  fresh: false,
  tolerated: () => undefined,
  observed: () => undefined,
  served: () => undefined,
};
