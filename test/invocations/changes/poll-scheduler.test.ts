import type { Invocation } from '../../../src/invocations/invocation.ts';
import { PollScheduler } from '../../../src/invocations/changes/poll-scheduler.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const MODEL = 'arn:aws:bedrock:us-east-1::foundation-model/luma.ray-v2:0';

const job = (ageMs: number, more: Partial<Invocation> = {}): Invocation => ({
  invocationArn: 'arn:aws:bedrock:us-east-1:111122223333:async-invoke/abcdefghijkl',
  region: 'us-east-1',
  accountId: '111122223333',
  modelArn: MODEL,
  clientRequestToken: null,
  status: 'IN_PROGRESS',
  rawStatus: 'InProgress',
  failureMessage: null,
  submitTime: NOW - ageMs,
  lastModifiedTime: null,
  endTime: null,
  outputDataConfig: null,
  ...more,
});
const ended = (tookMs: number) => job(tookMs, { endTime: NOW, status: 'COMPLETED' });
const pace = (learned: readonly number[] = []) => {
  const made = new PollScheduler({ minMs: 1000, maxMs: 20_000 });
  for (const tookMs of learned) made.recordDuration(ended(tookMs));
  return made;
};

describe('the pace of reading', () => {
  it.each([
    ['nothing is in progress', [], [], 20_000],
    ['a job was just submitted', [], [job(0)], 1000],
    ['a job is a minute old', [], [job(60_000)], 6000],
    ['a job is an hour old', [], [job(3_600_000)], 10_000],
    ['an old and a new job are there', [], [job(3_600_000), job(20_000)], 2000],
    ['others of the model took ten seconds more', [120_000], [job(110_000)], 5000],
    ['others of the model took as long', [120_000], [job(120_000)], 1000],
    ['others of the model took less, long ago', [120_000], [job(600_000)], 10_000],
    ['nobody knows when a job was submitted', [], [job(0, { submitTime: null })], 1000],
    ['clocks differ and a job is from the future', [], [job(-60_000)], 1000],
  ])('when %s', (_when, learned, jobs, waitMs) => {
    expect(pace(learned).nextDelayMs(jobs, NOW)).toBe(waitMs);
  });

  it('goes by what jobs of the same model took of late', () => {
    const learned = pace([100_000, 200_000]);
    expect(learned.nextDelayMs([job(126_000)], NOW)).toBe(2000);
    const other = job(126_000, { modelArn: `${MODEL}x` });
    expect(learned.nextDelayMs([other], NOW)).toBe(10_000);
  });

  it('learns nothing from a job without times', () => {
    const learned = pace();
    learned.recordDuration(ended(-5));
    learned.recordDuration(job(10, { submitTime: null, endTime: NOW }));
    expect(learned.nextDelayMs([job(60_000)], NOW)).toBe(6000);
  });
});
