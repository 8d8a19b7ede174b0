import {
  destroyEmulators,
  get,
  list,
  MINUTE,
  NOON,
  SECOND,
  startEmulator,
  TestClock,
} from './emulator-harness.ts';

afterEach(destroyEmulators);

const DAY = 24 * 60 * MINUTE;

describe('job', () => {
  it('ends a job exactly when the clock reaches its end time', async () => {
    const clock = new TestClock();
    const emulator = await startEmulator({ clock: clock.read });
    const { invocationArn } = emulator.addJob({ endTime: NOON + MINUTE, outcome: 'Failed' });
    clock.advance(MINUTE - 1);
    const running = (await get(emulator, invocationArn)).json;
    expect(running).toMatchObject({ status: 'InProgress', lastModifiedTime: running.submitTime });
    expect(running).not.toHaveProperty('endTime');
    expect(running).not.toHaveProperty('failureMessage');
    clock.advance(1);
    const ended = (await get(emulator, invocationArn)).json;
    expect(ended).toMatchObject({
      status: 'Failed',
      endTime: new Date(NOON + MINUTE).toISOString(),
      lastModifiedTime: new Date(NOON + MINUTE).toISOString(),
    });
    expect(ended.failureMessage).toMatch(/\w/);
  });

  it('never ends a job with the outcome InProgress', async () => {
    const clock = new TestClock();
    const emulator = await startEmulator({ clock: clock.read });
    const { invocationArn } = emulator.addJob({ outcome: 'InProgress' });
    clock.advance(1000 * DAY);
    expect((await get(emulator, invocationArn)).json).toMatchObject({ status: 'InProgress' });
  });

  it.each([0, 0.5, 20])(
    'runs a job for the usual duration of its model, times %d',
    async (durationScale) => {
      const emulator = await startEmulator({ knobs: { durationScale } });
      const modelArn = 'arn:aws:bedrock:us-east-1::foundation-model/luma.ray-v2:0';
      const { endTime = NaN } = emulator.addJob({ modelArn });
      expect(endTime - NOON).toBeGreaterThanOrEqual(60 * SECOND * durationScale);
      expect(endTime - NOON).toBeLessThanOrEqual(300 * SECOND * durationScale);
    },
  );

  it('rejects a second job with the same ARN', async () => {
    const emulator = await startEmulator();
    const { invocationArn } = emulator.addJob();
    expect(() => emulator.addJob({ invocationArn })).toThrow(`${invocationArn} already exists`);
    expect(emulator.jobs()).toHaveLength(1);
  });
});

describe('sample jobs', () => {
  it('generates sample jobs with varied values', async () => {
    const emulator = await startEmulator({ jobs: 2500 });
    const jobs = emulator.jobs();
    const distinct = (values: readonly unknown[]) => new Set(values).size;
    expect(jobs).toHaveLength(2500);
    expect(distinct(jobs.map((job) => job.invocationArn))).toBe(2500);
    expect(distinct(jobs.map((job) => job.clientRequestToken))).toBe(2500);
    expect(distinct(jobs.map((job) => job.modelArn))).toBe(5);
    expect(distinct(jobs.map((job) => job.s3Uri.split('/')[2]))).toBeGreaterThanOrEqual(4);
    expect(distinct(jobs.map((job) => job.failureMessage))).toBeGreaterThanOrEqual(7);
    expect(distinct(jobs.map((job) => job.submitTime))).toBeLessThan(2500);
    expect(jobs.filter((job) => job.kmsKeyId !== undefined).length).toBeGreaterThan(250);
    expect(jobs.filter((job) => job.bucketOwner !== undefined).length).toBeGreaterThan(125);
    expect(jobs.every((job) => job.s3Uri.endsWith(`/${job.invocationArn.slice(-12)}`))).toBe(true);
    const times = jobs.map((job) => job.submitTime);
    expect(Math.min(...times)).toBeGreaterThan(NOON - 8 * DAY);
    expect(Math.max(...times)).toBeLessThanOrEqual(NOON);
  });

  it('generates sample jobs of every status', async () => {
    const emulator = await startEmulator({ jobs: 200 });
    for (const statusEquals of ['InProgress', 'Completed', 'Failed']) {
      const page = await list(emulator, { statusEquals });
      expect(page.asyncInvokeSummaries.length).toBeGreaterThan(0);
    }
  });

  it.each([0, 1])('generates sample jobs that fail at the failure rate %d', async (failureRate) => {
    const emulator = await startEmulator({ jobs: 50, knobs: { failureRate } });
    const failing = emulator.jobs().filter((job) => job.outcome === 'Failed');
    expect(failing).toHaveLength(50 * failureRate);
  });

  it('generates equal sample jobs only for an equal seed and region', async () => {
    const [one, same, other, elsewhere] = await Promise.all([
      startEmulator({ jobs: 30, seed: 7 }),
      startEmulator({ jobs: 30, seed: 7 }),
      startEmulator({ jobs: 30, seed: 8 }),
      startEmulator({ jobs: 30, seed: 7, region: 'eu-west-1' }),
    ]);
    // Sorted, because the order of jobs with equal submit times depends on the seed, too.
    const ids = (emulator: typeof one) =>
      emulator
        .jobs()
        .map((job) => job.invocationArn.slice(-12))
        .toSorted();
    expect(same.jobs()).toEqual(one.jobs());
    expect(ids(other)).not.toEqual(ids(one));
    expect(ids(elsewhere)).not.toEqual(ids(one));
  });
});

describe('arriving jobs', () => {
  it('adds arriving jobs at the mean interval, in order of submit time', async () => {
    const clock = new TestClock();
    const knobs = { arrivalIntervalMs: MINUTE };
    const emulator = await startEmulator({ clock: clock.read, knobs });
    expect(emulator.jobs()).toHaveLength(0);
    clock.advance(60 * MINUTE);
    const times = emulator.jobs().map((job) => job.submitTime);
    expect(times.length).toBeGreaterThan(50);
    expect(times.length).toBeLessThan(70);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.every((time) => time > NOON && time <= clock.now)).toBe(true);
  });

  it('adds the same arriving jobs however often they are read', async () => {
    const clock = new TestClock();
    const options = { clock: clock.read, knobs: { arrivalIntervalMs: MINUTE } };
    const [once, often] = [await startEmulator(options), await startEmulator(options)];
    for (let minute = 0; minute < 30; minute++) {
      clock.advance(MINUTE);
      often.jobs();
    }
    expect(once.jobs()).toEqual(often.jobs());
  });

  it('stops and restarts arrivals with arrivalIntervalMs, and keeps earlier jobs', async () => {
    const clock = new TestClock();
    const knobs = { arrivalIntervalMs: MINUTE };
    const emulator = await startEmulator({ clock: clock.read, knobs });
    clock.advance(10 * MINUTE);
    emulator.setKnobs({ arrivalIntervalMs: 0 });
    const arrived = emulator.jobs().length;
    expect(arrived).toBeGreaterThan(5);
    clock.advance(DAY);
    expect(emulator.jobs()).toHaveLength(arrived);
    emulator.setKnobs({ arrivalIntervalMs: SECOND });
    clock.advance(10 * SECOND);
    expect(emulator.jobs().length).toBeGreaterThan(arrived + 5);
    expect(emulator.jobs().length).toBeLessThan(arrived + 25);
  });
});
