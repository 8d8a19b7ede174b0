import type { Account } from '../account.ts';
import type { EmulatorKnobs } from '../knobs.ts';
import { createJob } from './create-job.ts';
import type { Job, JobSeed } from './job.ts';
import { JobStore } from './job-store.ts';
import { between, createRandom, type Random } from './random.ts';
import { sampleTimes } from './sample-times.ts';

export interface JobLedgerOptions {
  readonly account: Account;
  readonly seed: number;
  readonly clock: () => number;
  /** Sample jobs that were there before the ledger. */
  readonly samples: number;
  readonly knobs: () => EmulatorKnobs;
}

/**
 * All jobs there are by now. Nothing happens between reads: samples are made at the first one, and each read makes the
 * jobs that have arrived since the last, so that a test can move the clock by a week in one step.
 */
export class JobLedger {
  readonly #options: JobLedgerOptions;
  readonly #seed: string;
  readonly #store: JobStore;
  readonly #birth: number;
  readonly #made = { sample: 0, arrival: 0, added: 0, started: 0 };
  readonly #arrivals: Random;
  #nextArrival: number;

  constructor(options: JobLedgerOptions) {
    const { account, seed, clock } = options;
    this.#options = options;
    this.#seed = [seed, account.region, account.accountId].join('/');
    this.#store = new JobStore(this.#seed);
    this.#birth = clock();
    this.#arrivals = createRandom(`${this.#seed}/arrivals`);
    this.#nextArrival = this.#arrivalAfter(this.#birth);
  }

  /** The jobs as of now. */
  read(): JobStore {
    if (this.#made.sample === 0) this.#makeSamples();
    const now = this.#options.clock();
    while (this.#nextArrival <= now) {
      this.#make('arrival', this.#withFate({ submitTime: Math.floor(this.#nextArrival) }));
      this.#nextArrival = this.#arrivalAfter(this.#nextArrival);
    }
    return this.#store;
  }

  /** A job as a test or a person wants it. */
  add(seed: JobSeed): Job {
    this.read();
    return this.#make('added', seed);
  }

  /** A job as a client starts it: its fate is drawn. */
  start(seed: JobSeed): Job {
    this.read();
    return this.#make('started', this.#withFate(seed));
  }

  /** Counts the time to the next arrival from now on: for a changed interval. */
  rescheduleArrivals(): void {
    this.#nextArrival = this.#arrivalAfter(this.#options.clock());
  }

  #makeSamples(): void {
    const random = createRandom(`${this.#seed}/times`);
    for (const submitTime of sampleTimes(this.#options.samples, this.#birth, random)) {
      this.#make('sample', this.#withFate({ submitTime }));
    }
  }

  #make(kind: 'sample' | 'arrival' | 'added' | 'started', seed: JobSeed): Job {
    const { account, clock, knobs } = this.#options;
    const random = createRandom(`${this.#seed}/${kind}/${this.#made[kind]++}`);
    const setting = { account, durationScale: knobs().durationScale, now: clock() };
    const job = createJob(seed, setting, random);
    this.#store.add(job);
    return job;
  }

  #withFate(seed: JobSeed): JobSeed {
    const { sample, arrival, started } = this.#made;
    const draw = createRandom(`${this.#seed}/fate/${sample}/${arrival}/${started}`)();
    return { ...seed, outcome: draw < this.#options.knobs().failureRate ? 'Failed' : 'Completed' };
  }

  #arrivalAfter(time: number): number {
    const { arrivalIntervalMs } = this.#options.knobs();
    return arrivalIntervalMs === 0
      ? Number.POSITIVE_INFINITY
      : time + arrivalIntervalMs * between(this.#arrivals, 0.5, 1.5);
  }
}
