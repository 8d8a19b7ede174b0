import type { Job } from './job.ts';
import { hash32 } from './random.ts';

export type TieOrder = 'mirrored' | 'independent';
export type SortOrder = 'Ascending' | 'Descending';

/** The sort key of a job. Unlike an offset, it stays valid when other jobs arrive. */
export interface SortKey {
  readonly submitTime: number;
  readonly invocationArn: string;
}

/** Half-open range of submit times, in milliseconds. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

interface Entry {
  readonly job: Job;
  readonly rank: number;
}

/**
 * Jobs by ARN and by submit time. A seeded hash orders jobs of equal submit time: AWS promises no
 * order for them, so clients must not be able to rely on the order of the ARNs.
 */
export class JobStore {
  readonly #byArn = new Map<string, Job>();
  readonly #orders: Record<TieOrder, SortedJobs>;

  constructor(seed: string) {
    this.#orders = {
      mirrored: new SortedJobs(`${seed}/mirrored`),
      independent: new SortedJobs(`${seed}/independent`),
    };
  }

  /** Returns all jobs, oldest first. */
  all(): readonly Job[] {
    return [...this.scan('Ascending', 'mirrored', { from: -Infinity, to: Infinity }, undefined)];
  }

  get(invocationArn: string): Job | undefined {
    return this.#byArn.get(invocationArn);
  }

  add(job: Job): void {
    if (this.#byArn.has(job.invocationArn)) {
      throw new Error(`the job ${job.invocationArn} already exists`);
    }
    this.#byArn.set(job.invocationArn, job);
    this.#orders.mirrored.add(job);
    this.#orders.independent.add(job);
  }

  /** Yields the jobs of a time range that follow a sort key, in the given order. */
  scan(
    order: SortOrder,
    ties: TieOrder,
    range: TimeRange,
    after: SortKey | undefined,
  ): Generator<Job> {
    return order === 'Ascending'
      ? this.#orders.mirrored.ascending(range, after)
      : this.#orders[ties].descending(range, after);
  }
}

/**
 * A sorted array. A page costs two binary searches plus its own rows, however many jobs there are.
 */
class SortedJobs {
  readonly #entries: Entry[] = [];
  readonly #seed: string;

  constructor(seed: string) {
    this.#seed = seed;
  }

  add(job: Job): void {
    const entry = { job, rank: this.#rank(job) };
    this.#entries.splice(this.#lowerBound(job), 0, entry);
  }

  *ascending({ from, to }: TimeRange, after: SortKey | undefined): Generator<Job> {
    let index = this.#indexOfTime(from);
    if (after !== undefined) {
      index = Math.max(index, this.#lowerBound(after));
    }
    for (; index < this.#entries.length; index++) {
      const job = this.#entries[index]?.job;
      if (job === undefined || job.submitTime >= to) return;
      if (job.invocationArn !== after?.invocationArn) yield job;
    }
  }

  *descending({ from, to }: TimeRange, after: SortKey | undefined): Generator<Job> {
    let index = this.#indexOfTime(to) - 1;
    if (after !== undefined) {
      index = Math.min(index, this.#lowerBound(after) - 1);
    }
    for (; index >= 0; index--) {
      const job = this.#entries[index]?.job;
      if (job === undefined || job.submitTime < from) return;
      yield job;
    }
  }

  #rank({ invocationArn }: SortKey): number {
    return hash32(this.#seed + invocationArn);
  }

  /** Returns the index of the first job submitted at or after a time. */
  #indexOfTime(time: number): number {
    return this.#search(({ job }) => job.submitTime < time);
  }

  /**
   * Returns the index of the job with a sort key, or of the next job if that job does not exist.
   */
  #lowerBound(key: SortKey): number {
    const rank = this.#rank(key);
    return this.#search(
      (entry) =>
        (entry.job.submitTime - key.submitTime ||
          entry.rank - rank ||
          compareText(entry.job.invocationArn, key.invocationArn)) < 0,
    );
  }

  #search(isBefore: (entry: Entry) => boolean): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.#entries[middle];
      if (entry !== undefined && isBefore(entry)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
