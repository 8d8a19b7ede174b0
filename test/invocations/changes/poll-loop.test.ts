import { backoffMs, PollLoop } from '../../../src/invocations/changes/poll-loop.ts';
import { UpstreamError } from '../../../src/invocations/upstream-error.ts';
import { waitFor } from '../../harness/wait-for.ts';

const OPTIONS = { minMs: 1000, maxMs: 20_000 };
const throttled = (retryAfterMs?: number) =>
  new UpstreamError('throttled', 'slow down', { retryAfterMs });

describe('backoffMs', () => {
  it.each([
    ['doubles the minimum after one failure', throttled(), 1, 2000],
    ['doubles again after each further failure', throttled(), 3, 8000],
    ['stays at the maximum', throttled(), 9, 20_000],
    ['waits as long as the upstream asks for', throttled(30_000), 1, 30_000],
    ['waits longer than the upstream asks for', throttled(500), 2, 4000],
    ['limits what the upstream asks for', throttled(1e12), 1, 60_000],
    ['accepts any error', new Error('defect'), 1, 2000],
  ])('%s', (_what, error, failures, expected) => {
    expect(backoffMs(error, failures, OPTIONS)).toBe(expected);
  });
});

describe('PollLoop', () => {
  function createLoop(options: { minMs?: number; timeoutMs?: number; delayMs?: number } = {}) {
    const polls: PromiseWithResolvers<string>[] = [];
    const signals: AbortSignal[] = [];
    const startedAt: number[] = [];
    const events: string[] = [];
    const { minMs = 1, timeoutMs = 5000, delayMs = 60_000 } = options;
    const loop = new PollLoop<string>(
      { minMs, maxMs: 2, timeoutMs },
      {
        poll: (signal) => {
          const poll = Promise.withResolvers<string>();
          signal.addEventListener('abort', () => {
            poll.reject(signal.reason as Error);
          });
          signals.push(signal);
          startedAt.push(performance.now());
          polls.push(poll);
          return poll.promise;
        },
        onResult: (result, isExpedited) => {
          events.push(`${result}${isExpedited ? ' expedited' : ''}`);
          return isExpedited ? 0 : delayMs;
        },
        onFailure: ({ message }) => events.push(`failed: ${message}`),
        onRecovered: () => events.push('recovered'),
      },
    );
    return { loop, polls, signals, startedAt, events };
  }
  const started = (polls: readonly unknown[], count: number) =>
    waitFor(() => polls.length >= count);

  it('runs one poll at a time and reports whether it was expedited', async () => {
    const { loop, polls, events } = createLoop();
    loop.expedite();
    await started(polls, 1);
    loop.expedite();
    loop.expedite();
    polls[0]?.resolve('first');
    await started(polls, 2);
    polls[1]?.resolve('second');
    await waitFor(() => events.length === 2);
    expect(events).toEqual(['first expedited', 'second']);
    loop.stop();
  });

  it('keeps the minimum time between the starts of two polls', async () => {
    const minMs = 40;
    const { loop, polls, startedAt } = createLoop({ minMs, delayMs: 0 });
    loop.expedite();
    await started(polls, 1);
    polls[0]?.resolve('first');
    await started(polls, 2);
    const [first = NaN, second = NaN] = startedAt;
    // Timers may fire a millisecond early.
    expect(second - first).toBeGreaterThanOrEqual(minMs - 1);
    loop.stop();
  });

  it('drops the result of a poll that was stopped, and can be started again', async () => {
    const { loop, polls, signals, events } = createLoop();
    loop.expedite();
    await started(polls, 1);
    loop.stop();
    expect(signals[0]?.aborted).toBe(true);
    loop.expedite();
    await started(polls, 2);
    polls[1]?.resolve('second');
    await waitFor(() => events.length > 0);
    expect(events).toEqual(['second']);
    loop.stop();
  });

  it('aborts a poll that takes too long, and reports the recovery before the result', async () => {
    const { loop, polls, events } = createLoop({ timeoutMs: 300 });
    loop.expedite();
    await started(polls, 2);
    polls[1]?.resolve('second');
    await waitFor(() => events.length === 3);
    expect(events).toEqual(['failed: the poll for changes timed out', 'recovered', 'second']);
    loop.stop();
  });
});
