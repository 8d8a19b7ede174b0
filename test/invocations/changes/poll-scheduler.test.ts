import type { Invocation } from '../../../src/invocations/invocation.ts';
import { PollScheduler } from '../../../src/invocations/changes/poll-scheduler.ts';
import { invocation } from '../../harness/memory-source.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');

const running = (ageMs: number, change: Partial<Invocation> = {}): Invocation => ({
  ...invocation('us-east-1', { id: 1, submitTime: NOW - ageMs, status: 'IN_PROGRESS' }),
  ...change,
});
const ended = (durationMs: number) => running(durationMs, { endTime: NOW, status: 'COMPLETED' });

function createScheduler(durations: readonly number[] = []): PollScheduler {
  const scheduler = new PollScheduler({ minMs: 1000, maxMs: 20_000 });
  for (const durationMs of durations) scheduler.recordDuration(ended(durationMs));
  return scheduler;
}

describe('the delay until the next poll', () => {
  it.each([
    ['nothing is in progress', [], [], 20_000],
    ['an invocation was just submitted', [], [running(0)], 1000],
    ['an invocation is a minute old', [], [running(60_000)], 6000],
    ['an invocation is an hour old', [], [running(3_600_000)], 10_000],
    ['an old and a new one are in progress', [], [running(3_600_000), running(20_000)], 2000],
    ['the model usually takes ten seconds more', [120_000], [running(110_000)], 5000],
    ['the model usually takes as long as this', [120_000], [running(120_000)], 1000],
    ['the model usually takes much less', [120_000], [running(600_000)], 10_000],
    ['the submit time is unknown', [], [running(0, { submitTime: null })], 1000],
    ['the submit time is in the future', [], [running(-60_000)], 1000],
  ])('is right when %s, after durations of %j', (_case, durations, inProgress, delayMs) => {
    expect(createScheduler(durations).nextDelayMs(inProgress, NOW)).toBe(delayMs);
  });

  it('follows the moving average of the durations of the same model', () => {
    const scheduler = createScheduler([100_000, 200_000]);
    expect(scheduler.nextDelayMs([running(126_000)], NOW)).toBe(2000);
    const otherModel = running(126_000, { modelArn: 'arn:aws:bedrock:us-east-1::other' });
    expect(scheduler.nextDelayMs([otherModel], NOW)).toBe(10_000);
  });

  it('ignores the duration of an invocation without usable times', () => {
    const scheduler = createScheduler();
    scheduler.recordDuration(ended(-5));
    scheduler.recordDuration(running(10, { submitTime: null, endTime: NOW }));
    expect(scheduler.nextDelayMs([running(60_000)], NOW)).toBe(6000);
  });
});
