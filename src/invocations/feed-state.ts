import { isDeepStrictEqual } from 'node:util';
import { type Invocation, isOver } from './invocation.ts';

/** A list may show a job later than one that was submitted after it; no later than this. */
const OVERLAP_MS = 10_000;
/** For so long a list is not believed that says of a job which is over that it is not. */
const REMEMBER_MS = 900_000;

interface Ended {
  readonly job: Invocation;
  readonly toldAt: number;
}

/** Where the jobs of a source stood when they were last read, as far as that may still change or was asked for. */
export class FeedState {
  readonly #unfinished = new Map<string, Invocation>();
  readonly #ended = new Map<string, Ended>();
  /** Names of what was looked for in vain. */
  readonly #absent = new Set<string>();
  #isReady = false;
  /** The submit time of the newest job at the start: what was before and is over is no news. */
  #floor = -Infinity;
  #newest = -Infinity;

  /** Whether it was read at all. */
  get isReady(): boolean {
    return this.#isReady;
  }

  get hasUnfinished(): boolean {
    return this.#unfinished.size > 0;
  }

  /** In milliseconds since the epoch: whatever is news was submitted later. Undefined where there was nothing at all. */
  get newsSince(): number | undefined {
    const since = Math.max(this.#floor, this.#newest - OVERLAP_MS);
    return since === -Infinity ? undefined : since;
  }

  unfinished(): Iterable<Invocation> {
    return this.#unfinished.values();
  }

  find(invocationArn: string): Invocation | undefined {
    return this.#unfinished.get(invocationArn) ?? this.#ended.get(invocationArn)?.job;
  }

  /** Whether it was looked for, be it in vain. */
  hasLookedFor(invocationArn: string): boolean {
    return this.#absent.has(invocationArn) || this.find(invocationArn) !== undefined;
  }

  /** Takes in what a reading has shown, and gives what is new of it, in the order in which it came about. */
  take(seen: Iterable<Invocation>, newestSubmitTime: number | undefined): Invocation[] {
    const changes: Invocation[] = [];
    for (const job of seen) {
      const { invocationArn } = job;
      if (this.#ended.has(invocationArn)) continue;
      if (isDeepStrictEqual(this.#unfinished.get(invocationArn), job)) continue;
      this.#absent.delete(invocationArn);
      changes.push(job);
      if (isOver(job)) {
        this.#unfinished.delete(invocationArn);
        this.#ended.set(invocationArn, { job, toldAt: performance.now() });
      } else this.#unfinished.set(invocationArn, job);
    }
    this.#newest = Math.max(this.#newest, newestSubmitTime ?? -Infinity);
    if (!this.#isReady) this.#floor = this.#newest;
    this.#isReady = true;
    return changes.sort((a, b) => changedAt(a) - changedAt(b));
  }

  /** Takes note of a job that somebody asked for by name. If it was over all the time, that is no news. */
  note(job: Invocation): Invocation[] {
    if (!isOver(job) || this.find(job.invocationArn)) return [job];
    this.#ended.set(job.invocationArn, { job, toldAt: performance.now() });
    return [];
  }

  /** There is no such job, or none any more. */
  lose(invocationArn: string): void {
    this.#unfinished.delete(invocationArn);
    this.#absent.add(invocationArn);
  }

  /** Lets go of what is over, unless it is one of those or an upstream's list may still have it otherwise. */
  forget(names: ReadonlySet<string>): void {
    for (const name of this.#absent) if (!names.has(name)) this.#absent.delete(name);
    const since = this.newsSince ?? -Infinity;
    for (const [invocationArn, { job, toldAt }] of this.#ended) {
      const isOld = performance.now() - toldAt > REMEMBER_MS && (job.submitTime ?? 0) < since;
      if (isOld && !names.has(invocationArn)) this.#ended.delete(invocationArn);
    }
  }
}

function changedAt({ lastModifiedTime, endTime, submitTime }: Invocation): number {
  return lastModifiedTime ?? endTime ?? submitTime ?? 0;
}
