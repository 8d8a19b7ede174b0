import { StartLimits } from '../../../src/graphql/start/start-limits.ts';
import { UpstreamError } from '../../../src/invocations/upstream-error.ts';

function setUp(options: ConstructorParameters<typeof StartLimits>[0]) {
  const clock = { now: 0 };
  const limits = new StartLimits(options, () => clock.now);
  /** Returns the delay of a refusal; undefined when the start is counted. */
  const retryAfterOf = (token: string, caller: string | undefined): number | undefined => {
    try {
      limits.count(token, caller);
      return undefined;
    } catch (error) {
      if (error instanceof UpstreamError && error.kind === 'rate_limited') {
        return error.retryAfterMs;
      }
      throw error;
    }
  };
  return { clock, retryAfterOf };
}

describe('StartLimits', () => {
  it('counts the starts of any 60 seconds, and says when the next one is possible', () => {
    const { clock, retryAfterOf } = setUp({ perMinutePerCaller: 2 });
    expect(retryAfterOf('a', 'ada')).toBeUndefined();
    clock.now = 20_000;
    expect(retryAfterOf('b', 'ada')).toBeUndefined();
    clock.now = 59_999;
    expect(retryAfterOf('c', 'ada')).toBe(1);
    clock.now = 60_000;
    expect(retryAfterOf('c', 'ada')).toBeUndefined();
    expect(retryAfterOf('d', 'ada')).toBe(20_000);
    expect(retryAfterOf('d', 'bob')).toBeUndefined();
  });

  it('counts a token once a minute', () => {
    const { clock, retryAfterOf } = setUp({ perMinutePerCaller: 1 });
    expect(retryAfterOf('a', 'ada')).toBeUndefined();
    clock.now = 59_999;
    expect(retryAfterOf('a', 'ada')).toBeUndefined();
    clock.now = 60_000;
    expect(retryAfterOf('b', 'ada')).toBeUndefined();
    expect(retryAfterOf('a', 'ada')).toBe(60_000);
  });

  it('applies only the common limit to starts without a caller', () => {
    const { retryAfterOf } = setUp({ perMinute: 3, perMinutePerCaller: 1 });
    for (const token of ['a', 'b', 'c']) expect(retryAfterOf(token, undefined)).toBeUndefined();
    expect(retryAfterOf('d', undefined)).toBe(60_000);
    expect(retryAfterOf('d', 'ada')).toBe(60_000);
  });
});
