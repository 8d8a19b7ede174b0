import type { Account } from '../account.ts';
import type { EmulatorKnobs } from '../knobs.ts';
import { createJob } from './create-job.ts';
import type { Job, JobSeed } from './job.ts';
import { JobStore } from './job-store.ts';
import { createRandom, randomBetween, type Random } from './random.ts';
import { sampleTimes } from './sample-times.ts';

export interface JobGeneratorOptions {
  readonly account: Account;
  readonly seed: string;
  readonly clock: () => number;
  /** Number of sample jobs, all submitted before the generator was created. */
  readonly samples: number;
  readonly knobs: () => EmulatorKnobs;
}

/**
 * Creates all jobs of an emulator. It works lazily, without timers: the first read creates the
 * sample jobs, and each read creates the jobs that arrived since the last read. A test can
 * therefore move the clock by a week in one step.
 */
export class JobGenerator {
  readonly #options: JobGeneratorOptions;
  readonly #store: JobStore;
  readonly #createdAt: number;
  readonly #counters = { sample: 0, arrival: 0, added: 0, started: 0 };
  readonly #arrivals: Random;
  #nextArrival: number;

  constructor(options: JobGeneratorOptions) {
    const { seed, clock } = options;
    this.#options = options;
    this.#store = new JobStore(seed);
    this.#createdAt = clock();
    this.#arrivals = createRandom(`${seed}/arrivals`);
    this.#nextArrival = this.#arrivalAfter(this.#createdAt);
  }

  /** Returns the jobs that exist now. */
  current(): JobStore {
    if (this.#counters.sample === 0) this.#createSamples();
    const now = this.#options.clock();
    while (this.#nextArrival <= now) {
      this.#create('arrival', this.#withOutcome({ submitTime: Math.floor(this.#nextArrival) }));
      this.#nextArrival = this.#arrivalAfter(this.#nextArrival);
    }
    return this.#store;
  }

  /** Adds a job with the outcome of its seed. */
  add(seed: JobSeed): Job {
    this.current();
    return this.#create('added', seed);
  }

  /** Adds a job with a random outcome, as StartAsyncInvoke does. */
  start(seed: JobSeed): Job {
    this.current();
    return this.#create('started', this.#withOutcome(seed));
  }

  /** Schedules the next arrival from now on. Needed after a change of the interval. */
  rescheduleArrivals(): void {
    this.#nextArrival = this.#arrivalAfter(this.#options.clock());
  }

  #createSamples(): void {
    const { seed, samples } = this.#options;
    const random = createRandom(`${seed}/times`);
    for (const submitTime of sampleTimes(samples, this.#createdAt, random)) {
      this.#create('sample', this.#withOutcome({ submitTime }));
    }
  }

  #create(kind: 'sample' | 'arrival' | 'added' | 'started', jobSeed: JobSeed): Job {
    const { account, seed, clock, knobs } = this.#options;
    const random = createRandom(`${seed}/${kind}/${this.#counters[kind]++}`);
    const options = { account, durationScale: knobs().durationScale, now: clock() };
    const job = createJob(jobSeed, options, random);
    this.#store.add(job);
    return job;
  }

  #withOutcome(jobSeed: JobSeed): JobSeed {
    const { sample, arrival, started } = this.#counters;
    // A change of this text changes which sample jobs fail.
    const random = createRandom(`${this.#options.seed}/fate/${sample}/${arrival}/${started}`);
    const fails = random() < this.#options.knobs().failureRate;
    return { ...jobSeed, outcome: fails ? 'Failed' : 'Completed' };
  }

  #arrivalAfter(time: number): number {
    const { arrivalIntervalMs } = this.#options.knobs();
    return arrivalIntervalMs === 0
      ? Number.POSITIVE_INFINITY
      : time + arrivalIntervalMs * randomBetween(this.#arrivals, 0.5, 1.5);
  }
}
