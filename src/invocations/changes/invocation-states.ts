import { isDeepStrictEqual } from 'node:util';
import { type Invocation, isTerminal } from '../invocation.ts';

/** How much later a list may show an invocation than another that was submitted after it. */
const LIST_LAG_MS = 10_000;
/**
 * How long to ignore list rows that show a terminal invocation as still running. Lists are
 * eventually consistent.
 */
const TERMINAL_RETENTION_MS = 900_000;

interface TerminalEntry {
  readonly invocation: Invocation;
  readonly publishedAt: number;
}

/**
 * The last known states of the invocations of one source: those that may still change, those that
 * have ended recently, and those that subscribers named.
 */
export class InvocationStates {
  readonly #now: () => number;
  readonly #unfinished = new Map<string, Invocation>();
  readonly #terminal = new Map<string, TerminalEntry>();
  /** The ARNs for which a lookup found nothing. */
  readonly #missing = new Set<string>();
  #isReady = false;
  /** The newest submit time of the first poll. Invocations that had ended before are no change. */
  #baseline = -Infinity;
  #newest = -Infinity;

  /** @param now is a monotonic clock, in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Whether a poll has succeeded. */
  get isReady(): boolean {
    return this.#isReady;
  }

  get hasUnfinished(): boolean {
    return this.#unfinished.size > 0;
  }

  /**
   * The submit time after which new invocations may appear, in milliseconds since the epoch.
   * Undefined while the source has no invocations at all.
   */
  get submittedAfter(): number | undefined {
    const submittedAfter = Math.max(this.#baseline, this.#newest - LIST_LAG_MS);
    return submittedAfter === -Infinity ? undefined : submittedAfter;
  }

  unfinished(): Iterable<Invocation> {
    return this.#unfinished.values();
  }

  get(invocationArn: string): Invocation | undefined {
    return this.#unfinished.get(invocationArn) ?? this.#terminal.get(invocationArn)?.invocation;
  }

  /** Whether a lookup was made, found or not. */
  wasLookedUp(invocationArn: string): boolean {
    return this.#missing.has(invocationArn) || this.get(invocationArn) !== undefined;
  }

  /** Stores what a poll has read. Returns the changes, in the order in which they happened. */
  applySnapshot(
    invocations: Iterable<Invocation>,
    newestSubmitTime: number | undefined,
  ): Invocation[] {
    const changes: Invocation[] = [];
    for (const invocation of invocations) {
      const { invocationArn } = invocation;
      if (this.#terminal.has(invocationArn)) continue;
      if (isDeepStrictEqual(this.#unfinished.get(invocationArn), invocation)) continue;
      this.#missing.delete(invocationArn);
      changes.push(invocation);
      if (isTerminal(invocation)) {
        this.#unfinished.delete(invocationArn);
        this.#terminal.set(invocationArn, { invocation, publishedAt: this.#now() });
      } else this.#unfinished.set(invocationArn, invocation);
    }
    this.#newest = Math.max(this.#newest, newestSubmitTime ?? -Infinity);
    if (!this.#isReady) this.#baseline = this.#newest;
    this.#isReady = true;
    return changes.sort((a, b) => changedAt(a) - changedAt(b));
  }

  /**
   * Records an invocation that a subscriber named. Returns whether it may be a change: it is none
   * when it had already ended before it was looked up for the first time.
   */
  recordLookup(invocation: Invocation): boolean {
    if (!isTerminal(invocation) || this.get(invocation.invocationArn)) return true;
    this.#terminal.set(invocation.invocationArn, { invocation, publishedAt: this.#now() });
    return false;
  }

  /** Records that the invocation does not exist, or no longer exists. */
  markMissing(invocationArn: string): void {
    this.#unfinished.delete(invocationArn);
    this.#missing.add(invocationArn);
  }

  /** Drops old entries that no subscriber named and that no stale list can bring back. */
  prune(namedArns: ReadonlySet<string>): void {
    for (const arn of this.#missing) if (!namedArns.has(arn)) this.#missing.delete(arn);
    const submittedAfter = this.submittedAfter ?? -Infinity;
    for (const [arn, { invocation, publishedAt }] of this.#terminal) {
      const isOld =
        this.#now() - publishedAt > TERMINAL_RETENTION_MS &&
        (invocation.submitTime ?? 0) < submittedAfter;
      if (isOld && !namedArns.has(arn)) this.#terminal.delete(arn);
    }
  }
}

function changedAt({ lastModifiedTime, endTime, submitTime }: Invocation): number {
  return lastModifiedTime ?? endTime ?? submitTime ?? 0;
}
