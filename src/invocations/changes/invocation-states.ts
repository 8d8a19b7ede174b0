import { isDeepStrictEqual } from 'node:util';
import { type Invocation, isTerminal } from '../invocation.ts';

/** A list may show a job later than one that was submitted after it; no later than this. */
const LIST_LAG_MS = 10_000;
/** For so long a list is not believed that says of a job which is over that it is not. */
const TERMINAL_RETENTION_MS = 900_000;

interface TerminalEntry {
  readonly invocation: Invocation;
  readonly publishedAt: number;
}

/** Where the jobs of a source stood when they were last read, as far as that may still change or was asked for. */
export class InvocationStates {
  readonly #unfinished = new Map<string, Invocation>();
  readonly #terminal = new Map<string, TerminalEntry>();
  /** Names of what was looked for in vain. */
  readonly #missing = new Set<string>();
  #isReady = false;
  /** The submit time of the newest job at the start: what was before and is over is no news. */
  #baseline = -Infinity;
  #newest = -Infinity;

  /** Whether it was read at all. */
  get isReady(): boolean {
    return this.#isReady;
  }

  get hasUnfinished(): boolean {
    return this.#unfinished.size > 0;
  }

  /** In milliseconds since the epoch: whatever is news was submitted later. Undefined where there was nothing at all. */
  get submittedAfter(): number | undefined {
    const since = Math.max(this.#baseline, this.#newest - LIST_LAG_MS);
    return since === -Infinity ? undefined : since;
  }

  unfinished(): Iterable<Invocation> {
    return this.#unfinished.values();
  }

  get(invocationArn: string): Invocation | undefined {
    return this.#unfinished.get(invocationArn) ?? this.#terminal.get(invocationArn)?.invocation;
  }

  /** Whether it was looked for, be it in vain. */
  wasLookedUp(invocationArn: string): boolean {
    return this.#missing.has(invocationArn) || this.get(invocationArn) !== undefined;
  }

  /** Takes in what a reading has shown, and gives what is new of it, in the order in which it came about. */
  applySnapshot(seen: Iterable<Invocation>, newestSubmitTime: number | undefined): Invocation[] {
    const changes: Invocation[] = [];
    for (const invocation of seen) {
      const { invocationArn } = invocation;
      if (this.#terminal.has(invocationArn)) continue;
      if (isDeepStrictEqual(this.#unfinished.get(invocationArn), invocation)) continue;
      this.#missing.delete(invocationArn);
      changes.push(invocation);
      if (isTerminal(invocation)) {
        this.#unfinished.delete(invocationArn);
        this.#terminal.set(invocationArn, { invocation, publishedAt: performance.now() });
      } else this.#unfinished.set(invocationArn, invocation);
    }
    this.#newest = Math.max(this.#newest, newestSubmitTime ?? -Infinity);
    if (!this.#isReady) this.#baseline = this.#newest;
    this.#isReady = true;
    return changes.sort((a, b) => changedAt(a) - changedAt(b));
  }

  /** Takes note of a job that somebody asked for by name. If it was over all the time, that is no news. */
  recordLookup(invocation: Invocation): Invocation[] {
    if (!isTerminal(invocation) || this.get(invocation.invocationArn)) return [invocation];
    this.#terminal.set(invocation.invocationArn, { invocation, publishedAt: performance.now() });
    return [];
  }

  /** There is no such job, or none any more. */
  markMissing(invocationArn: string): void {
    this.#unfinished.delete(invocationArn);
    this.#missing.add(invocationArn);
  }

  /** Lets go of what is over, unless it is one of those or an upstream's list may still have it otherwise. */
  prune(arns: ReadonlySet<string>): void {
    for (const name of this.#missing) if (!arns.has(name)) this.#missing.delete(name);
    const since = this.submittedAfter ?? -Infinity;
    for (const [invocationArn, { invocation, publishedAt }] of this.#terminal) {
      const isOld =
        performance.now() - publishedAt > TERMINAL_RETENTION_MS &&
        (invocation.submitTime ?? 0) < since;
      if (isOld && !arns.has(invocationArn)) this.#terminal.delete(invocationArn);
    }
  }
}

function changedAt({ lastModifiedTime, endTime, submitTime }: Invocation): number {
  return lastModifiedTime ?? endTime ?? submitTime ?? 0;
}
