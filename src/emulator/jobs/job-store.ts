import type { Job } from './job.ts';
import { hash32 } from './random.ts';

export type TieOrder = 'mirrored' | 'independent';
export type SortOrder = 'Ascending' | 'Descending';

/** A place between rows. It stays where it is when rows arrive around it, which an offset would not. */
export interface Place {
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
 * Jobs by ARN and by submitTime. Jobs of equal submitTime lie in the order of a seeded hash: AWS promises no order for
 * them, so a client must not find the ARN's order here and come to rely on it.
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

  /** All jobs, oldest first. */
  all(): readonly Job[] {
    return [...this.scan('Ascending', 'mirrored', { from: -Infinity, to: Infinity }, undefined)];
  }

  get(invocationArn: string): Job | undefined {
    return this.#byArn.get(invocationArn);
  }

  add(job: Job): void {
    if (this.#byArn.has(job.invocationArn)) {
      throw new Error(`a job ${job.invocationArn} exists already`);
    }
    this.#byArn.set(job.invocationArn, job);
    this.#orders.mirrored.add(job);
    this.#orders.independent.add(job);
  }

  /** The jobs of a time range after a place, lazily, in the order asked for. */
  scan(
    order: SortOrder,
    ties: TieOrder,
    range: TimeRange,
    after: Place | undefined,
  ): Generator<Job> {
    return order === 'Ascending'
      ? this.#orders.mirrored.ascending(range, after)
      : this.#orders[ties].descending(range, after);
  }
}

/** A sorted array: a page costs two binary searches and its own rows, with a hundred thousand jobs as with ten. */
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

  *ascending({ from, to }: TimeRange, after: Place | undefined): Generator<Job> {
    let index = this.#startOf(from);
    if (after !== undefined) {
      index = Math.max(index, this.#lowerBound(after));
    }
    for (; index < this.#entries.length; index++) {
      const job = this.#entries[index]?.job;
      if (job === undefined || job.submitTime >= to) return;
      if (job.invocationArn !== after?.invocationArn) yield job;
    }
  }

  *descending({ from, to }: TimeRange, after: Place | undefined): Generator<Job> {
    let index = this.#startOf(to) - 1;
    if (after !== undefined) {
      index = Math.min(index, this.#lowerBound(after) - 1);
    }
    for (; index >= 0; index--) {
      const job = this.#entries[index]?.job;
      if (job === undefined || job.submitTime < from) return;
      yield job;
    }
  }

  #rank({ invocationArn }: Place): number {
    return hash32(this.#seed + invocationArn);
  }

  /** Index of the first job submitted at or after a time. */
  #startOf(time: number): number {
    return this.#search(({ job }) => job.submitTime < time);
  }

  /** Index of the job at a place, or of the first one behind it where that job is not here. */
  #lowerBound(place: Place): number {
    const rank = this.#rank(place);
    return this.#search(
      (entry) =>
        (entry.job.submitTime - place.submitTime ||
          entry.rank - rank ||
          compareText(entry.job.invocationArn, place.invocationArn)) < 0,
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
