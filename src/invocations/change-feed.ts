import { Fault } from './fault.ts';
import { FeedState } from './feed-state.ts';
import type { Invocation } from './invocation.ts';
import { Pace, type PaceOptions } from './pace.ts';
import { isOutage, readMany } from './read-many.ts';
import type { Call, InvocationSource } from './source.ts';
import { walk, type WalkPage, type WalkRequest } from './walk.ts';

export interface ChangeFeedOptions extends PaceOptions {
  /** That one reading may take. */
  readonly timeoutMs: number;
  /** Upstream calls that one list of a reading may take. */
  readonly maxCalls: number;
}

/** Where a feed says what it does upstream. */
export interface ChangeFeedReports extends Pick<Call, 'observed' | 'tolerated'> {
  /** A reading came to nothing; the next is so far off. */
  readonly failed: (error: unknown, nextMs: number) => void;
  /** The first that succeeded after others had failed. */
  readonly recovered: () => void;
  /** Listeners are about to be told of changes, which nobody should hear of before lists show them. */
  readonly changed: () => void;
}

/** Somebody who hears of changes. */
export interface Listener {
  /** The jobs that it wants to hear of; undefined: all of them. */
  readonly names: ReadonlySet<string> | undefined;
  readonly put: (job: Invocation) => void;
  /** It will not hear anything, because the upstream lets nobody read. */
  readonly fail: (fault: Fault) => void;
}

/**
 * The push that the upstream lacks: tells listeners of the jobs of one source, first where each stands, then every change
 * that is seen, once and in order. All of them share one reading, which costs:
 *
 * - one call for what was submitted since the last;
 * - while jobs are unfinished, one more for each thousand of them, and one get for each that has ended since;
 * - nothing while nobody listens.
 *
 * How often that is, {@link Pace} says. A reading that fails is tried again later and later, and told to nobody: the next
 * that succeeds brings what was missed.
 */
export class ChangeFeed {
  readonly source: InvocationSource;
  readonly #options: ChangeFeedOptions;
  readonly #reports: ChangeFeedReports;
  readonly #pace: Pace;
  readonly #listeners = new Set<Listener>();
  /** Those of the listeners who have not been told yet where jobs stand. */
  readonly #newcomers = new Set<Listener>();
  #state = new FeedState();
  #timer: NodeJS.Timeout | undefined;
  #reading: AbortController | undefined;
  #startedAt = -Infinity;
  #isHurried = false;
  #failures = 0;
  /** Of the jobs that were looked for in the last reading, those that nobody may see. */
  readonly #denials = new Map<string, Fault>();
  /** How long those have to wait that could not be looked for. */
  #lookAgainMs = 0;

  constructor(source: InvocationSource, options: ChangeFeedOptions, reports: ChangeFeedReports) {
    this.source = source;
    this.#options = options;
    this.#reports = reports;
    this.#pace = new Pace(options);
  }

  /** Tells a listener from now on; gives what ends that. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    this.#newcomers.add(listener);
    if (!this.#welcome(listener)) this.#hurry();
    return () => {
      this.#newcomers.delete(listener);
      if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.#rest();
    };
  }

  /** There is something to be seen, such as a job that was just started. */
  nudge(): void {
    if (this.#listeners.size > 0) this.#hurry();
  }

  /** Whether a newcomer could be told where jobs stand. */
  #welcome(listener: Listener): boolean {
    const { names } = listener;
    const state = this.#state;
    const isKnown = state.isReady && [...(names ?? [])].every((name) => state.hasLookedFor(name));
    if (!isKnown) return false;
    this.#newcomers.delete(listener);
    const jobs = names ? [...names].flatMap((name) => state.find(name) ?? []) : state.unfinished();
    for (const job of jobs) listener.put(job);
    return true;
  }

  /** Reads as soon as the pace allows, unless the upstream is out of order. */
  #hurry(): void {
    if (this.#reading) this.#isHurried = true;
    else if (this.#failures === 0) this.#schedule(0);
  }

  /** Nobody listens: nothing is read, and nothing is kept that would grow old. */
  #rest(): void {
    clearTimeout(this.#timer);
    this.#reading?.abort(new Fault('cancelled', 'nobody listens any more'));
    this.#reading = undefined;
    this.#isHurried = false;
    this.#failures = 0;
    this.#state = new FeedState();
  }

  #schedule(waitMs: number): void {
    clearTimeout(this.#timer);
    const earliestMs = this.#startedAt + this.#options.minMs - performance.now();
    this.#timer = setTimeout(() => void this.#read(), Math.max(waitMs, earliestMs));
  }

  async #read(): Promise<void> {
    this.#startedAt = performance.now();
    this.#isHurried = false;
    const reading = new AbortController();
    this.#reading = reading;
    const timer = setTimeout(() => {
      reading.abort(new Fault('timeout', 'the time for reading changes has passed'));
    }, this.#options.timeoutMs);
    const outcome = await this.#changes(reading.signal).catch(toError);
    clearTimeout(timer);
    // Whoever listens now, if anybody, was not there when this began.
    if (this.#reading !== reading) return;
    this.#reading = undefined;
    if (outcome instanceof Error) this.#fail(outcome);
    else this.#tell(outcome);
  }

  #tell(changes: readonly Invocation[]): void {
    if (this.#failures > 0) this.#reports.recovered();
    this.#failures = 0;
    for (const job of changes) this.#pace.learn(job);
    if (changes.length > 0) this.#reports.changed();
    for (const listener of this.#listeners) {
      const denial = this.#denialOf(listener);
      if (denial) listener.fail(denial);
      else if (this.#newcomers.has(listener)) this.#welcome(listener);
      else tell(listener, changes);
    }
    if (this.#listeners.size === 0) return;
    this.#state.forget(this.#names());
    const isWaitedFor = this.#newcomers.size > 0 || this.#isHurried;
    const paceMs = this.#pace.next(this.#state.unfinished(), Date.now());
    this.#schedule(isWaitedFor ? Math.min(paceMs, this.#lookAgainMs) : paceMs);
  }

  #denialOf({ names }: Listener): Fault | undefined {
    if (!names || this.#denials.size === 0) return undefined;
    const denied = [...names].find((name) => this.#denials.has(name));
    return denied === undefined ? undefined : this.#denials.get(denied);
  }

  #fail(error: Error): void {
    this.#failures += 1;
    const fault = error instanceof Fault ? error : undefined;
    const nextMs = this.#backoffMs(fault, this.#failures);
    this.#reports.failed(error, nextMs);
    if (fault?.kind === 'denied') for (const listener of this.#newcomers) listener.fail(fault);
    if (this.#listeners.size > 0) this.#schedule(nextMs);
  }

  #backoffMs(fault: Fault | undefined, failures: number): number {
    const { minMs, maxMs } = this.#options;
    const askedMs = Math.min(fault?.retryAfterMs ?? 0, LONGEST_WAIT_MS);
    return Math.max(askedMs, Math.min(maxMs, minMs * 2 ** failures));
  }

  /** Reads where jobs stand, and gives what has changed since that was last read. */
  async #changes(signal: AbortSignal): Promise<Invocation[]> {
    const { observed, tolerated } = this.#reports;
    const deadline = this.#startedAt + this.#options.timeoutMs;
    const call = { signal, deadline, fresh: true, observed, tolerated, served: () => undefined };
    const state = this.#state;
    const [running, news] = await Promise.all([
      !state.isReady || state.hasUnfinished ? this.#list(RUNNING, call) : NO_PAGE,
      this.#listNews(state, call),
    ]);
    const seen = new Map<string, Invocation>();
    // The later of the two for a job that has ended in between.
    for (const { node } of [...running.rows, ...news.rows]) {
      if (node && node.status !== null) seen.set(node.invocationArn, node);
    }
    const left = this.#left(state, seen, running);
    const jobs = await readMany(this.source, left, new Map(), call);
    left.forEach((invocationArn, index) => {
      const job = jobs[index];
      if (isOutage(job)) throw job;
      // What fails for itself alone is read again with the next.
      if (job === null) state.lose(invocationArn);
      else if (!(job instanceof Error) && job) seen.set(invocationArn, job);
    });
    await this.#lookFor(this.#unknown(state, seen), state, seen, call);
    return state.take(seen.values(), news.rows[0]?.place.submitTime ?? undefined);
  }

  /** Unfinished jobs that the lists should have shown, and did not, because they have ended. */
  #left(
    state: FeedState,
    seen: ReadonlyMap<string, Invocation>,
    running: WalkPage,
  ): readonly string[] {
    const reachedTo = running.more
      ? (running.rows.at(-1)?.place.submitTime ?? Infinity)
      : -Infinity;
    return [...state.unfinished()]
      .filter(({ submitTime }) => (submitTime ?? 0) > reachedTo)
      .map(({ invocationArn }) => invocationArn)
      .filter((invocationArn) => !seen.has(invocationArn));
  }

  /** Some of the jobs that were named and never looked for: those who name many must not make the others wait. */
  #unknown(state: FeedState, seen: ReadonlyMap<string, Invocation>): readonly string[] {
    return [...this.#names()]
      .filter((name) => !state.hasLookedFor(name) && !seen.has(name))
      .slice(0, NAMES_AT_ONE_TIME);
  }

  /** An outage that only these meet with takes nothing away from what the lists have shown. */
  async #lookFor(
    names: readonly string[],
    state: FeedState,
    seen: Map<string, Invocation>,
    call: Call,
  ): Promise<void> {
    const jobs = await readMany(this.source, names, new Map(), call);
    this.#denials.clear();
    this.#lookAgainMs = 0;
    names.forEach((name, index) => {
      const job = jobs[index];
      if (isOutage(job)) this.#lookAgainMs = this.#backoffMs(job, 1);
      else if (job instanceof Error) {
        if (job instanceof Fault) call.tolerated(job);
        if (job instanceof Fault && job.kind === 'denied') this.#denials.set(name, job);
        state.lose(name);
      } else if (!job) state.lose(name);
      else for (const news of state.note(job)) seen.set(name, news);
    });
  }

  /** What was submitted since the last reading. At the first, only from when on that will be. */
  #listNews(state: FeedState, call: Call): Promise<WalkPage> {
    return this.#list(state.isReady ? { window: { after: state.newsSince } } : { limit: 1 }, call);
  }

  #list(request: Partial<WalkRequest>, call: Call): Promise<WalkPage> {
    const isSpent = (calls: number) => calls >= this.#options.maxCalls;
    return walk([this.source], { ...ALL, ...request }, isSpent, call);
  }

  /** Of the jobs that somebody named. */
  #names(): ReadonlySet<string> {
    const names = new Set<string>();
    for (const listener of this.#listeners)
      for (const name of listener.names ?? []) names.add(name);
    return names;
  }
}

/** More of them wait for the next reading. */
const NAMES_AT_ONE_TIME = 100;
/** However long the upstream asks to wait. */
const LONGEST_WAIT_MS = 60_000;

const ALL: WalkRequest = {
  direction: 'DESC',
  from: 'start',
  limit: Number.MAX_SAFE_INTEGER,
  window: {},
};

const RUNNING: Partial<WalkRequest> = { statusEquals: 'IN_PROGRESS' };

const NO_PAGE: WalkPage = { rows: [], more: false };

function tell({ names, put }: Listener, changes: readonly Invocation[]): void {
  for (const job of changes) if (!names || names.has(job.invocationArn)) put(job);
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error('rejected without an error', { cause: error });
}
