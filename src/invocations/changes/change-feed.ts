import { UpstreamError } from '../upstream-error.ts';
import { InvocationStates } from './job-states.ts';
import type { Invocation } from '../invocation.ts';
import { PollScheduler, type PollSchedulerOptions } from './poll-scheduler.ts';
import { stopsBatch, getMany } from '../get-many.ts';
import type { CallContext, InvocationSource } from '../source.ts';
import { readPage, type PageResult, type PageRequest } from '../paging/read-page.ts';

export interface ChangeFeedOptions extends PollSchedulerOptions {
  /** That one reading may take. */
  readonly timeoutMs: number;
  /** Upstream calls that one list of a reading may take. */
  readonly maxCalls: number;
}

/** Where a feed says what it does upstream. */
export interface ChangeFeedHooks extends Pick<CallContext, 'onUpstreamCall' | 'onRecoveredError'> {
  /** A reading came to nothing; the next is so far off. */
  readonly onPollFailed: (error: unknown, nextMs: number) => void;
  /** The first that succeeded after others had failed. */
  readonly onPollRecovered: () => void;
  /** Listeners are about to be told of changes, which nobody should hear of before lists show them. */
  readonly onBeforePublish: () => void;
}

/** Somebody who hears of changes. */
export interface ChangeListener {
  /** The jobs that it wants to hear of; undefined: all of them. */
  readonly arns: ReadonlySet<string> | undefined;
  readonly onChange: (job: Invocation) => void;
  /** It will not hear anything, because the upstream lets nobody read. */
  readonly onError: (fault: UpstreamError) => void;
}

/**
 * The push that the upstream lacks: tells listeners of the jobs of one source, first where each stands, then every change
 * that is seen, once and in order. All of them share one reading, which costs:
 *
 * - one call for what was submitted since the last;
 * - while jobs are unfinished, one more for each thousand of them, and one get for each that has ended since;
 * - nothing while nobody listens.
 *
 * How often that is, {@link PollScheduler} says. A reading that fails is tried again later and later, and told to nobody: the next
 * that succeeds brings what was missed.
 */
export class ChangeFeed {
  readonly source: InvocationSource;
  readonly #options: ChangeFeedOptions;
  readonly #hooks: ChangeFeedHooks;
  readonly #scheduler: PollScheduler;
  readonly #listeners = new Set<ChangeListener>();
  /** Those of the listeners who have not been told yet where jobs stand. */
  readonly #pendingListeners = new Set<ChangeListener>();
  #state = new InvocationStates();
  #timer: NodeJS.Timeout | undefined;
  #polling: AbortController | undefined;
  #startedAt = -Infinity;
  #isExpedited = false;
  #failures = 0;
  /** Of the jobs that were looked for in the last reading, those that nobody may see. */
  readonly #accessErrors = new Map<string, UpstreamError>();
  /** How long those have to wait that could not be looked for. */
  #retryLookupMs = 0;

  constructor(source: InvocationSource, options: ChangeFeedOptions, reports: ChangeFeedHooks) {
    this.source = source;
    this.#options = options;
    this.#hooks = reports;
    this.#scheduler = new PollScheduler(options);
  }

  /** Tells a listener from now on; gives what ends that. */
  subscribe(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    this.#pendingListeners.add(listener);
    if (!this.#sendInitialState(listener)) this.#expedite();
    return () => {
      this.#pendingListeners.delete(listener);
      if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.#stop();
    };
  }

  /** There is something to be seen, such as a job that was just started. */
  refreshSoon(): void {
    if (this.#listeners.size > 0) this.#expedite();
  }

  /** Whether a newcomer could be told where jobs stand. */
  #sendInitialState(listener: ChangeListener): boolean {
    const { arns } = listener;
    const state = this.#state;
    const isKnown = state.isReady && [...(arns ?? [])].every((name) => state.wasLookedUp(name));
    if (!isKnown) return false;
    this.#pendingListeners.delete(listener);
    const jobs = arns ? [...arns].flatMap((name) => state.get(name) ?? []) : state.unfinished();
    for (const job of jobs) listener.onChange(job);
    return true;
  }

  /** Reads as soon as the pace allows, unless the upstream is out of order. */
  #expedite(): void {
    if (this.#polling) this.#isExpedited = true;
    else if (this.#failures === 0) this.#schedule(0);
  }

  /** Nobody listens: nothing is read, and nothing is kept that would grow old. */
  #stop(): void {
    clearTimeout(this.#timer);
    this.#polling?.abort(new UpstreamError('cancelled', 'nobody listens any more'));
    this.#polling = undefined;
    this.#isExpedited = false;
    this.#failures = 0;
    this.#state = new InvocationStates();
  }

  #schedule(waitMs: number): void {
    clearTimeout(this.#timer);
    const earliestMs = this.#startedAt + this.#options.minMs - performance.now();
    this.#timer = setTimeout(() => void this.#poll(), Math.max(waitMs, earliestMs));
  }

  async #poll(): Promise<void> {
    this.#startedAt = performance.now();
    this.#isExpedited = false;
    const reading = new AbortController();
    this.#polling = reading;
    const timer = setTimeout(() => {
      reading.abort(new UpstreamError('timeout', 'the time for reading changes has passed'));
    }, this.#options.timeoutMs);
    const outcome = await this.#changes(reading.signal).catch(toError);
    clearTimeout(timer);
    // Whoever listens now, if anybody, was not there when this began.
    if (this.#polling !== reading) return;
    this.#polling = undefined;
    if (outcome instanceof Error) this.#fail(outcome);
    else this.#publish(outcome);
  }

  #publish(changes: readonly Invocation[]): void {
    if (this.#failures > 0) this.#hooks.onPollRecovered();
    this.#failures = 0;
    for (const job of changes) this.#scheduler.recordDuration(job);
    if (changes.length > 0) this.#hooks.onBeforePublish();
    for (const listener of this.#listeners) {
      const denial = this.#accessErrorFor(listener);
      if (denial) listener.onError(denial);
      else if (this.#pendingListeners.has(listener)) this.#sendInitialState(listener);
      else notify(listener, changes);
    }
    if (this.#listeners.size === 0) return;
    this.#state.prune(this.#listenedArns());
    const isWaitedFor = this.#pendingListeners.size > 0 || this.#isExpedited;
    const paceMs = this.#scheduler.nextDelayMs(this.#state.unfinished(), Date.now());
    this.#schedule(isWaitedFor ? Math.min(paceMs, this.#retryLookupMs) : paceMs);
  }

  #accessErrorFor({ arns }: ChangeListener): UpstreamError | undefined {
    if (!arns || this.#accessErrors.size === 0) return undefined;
    const denied = [...arns].find((name) => this.#accessErrors.has(name));
    return denied === undefined ? undefined : this.#accessErrors.get(denied);
  }

  #fail(error: Error): void {
    this.#failures += 1;
    const fault = error instanceof UpstreamError ? error : undefined;
    const nextMs = this.#backoffMs(fault, this.#failures);
    this.#hooks.onPollFailed(error, nextMs);
    if (fault?.kind === 'access_denied')
      for (const listener of this.#pendingListeners) listener.onError(fault);
    if (this.#listeners.size > 0) this.#schedule(nextMs);
  }

  #backoffMs(fault: UpstreamError | undefined, failures: number): number {
    const { minMs, maxMs } = this.#options;
    const askedMs = Math.min(fault?.retryAfterMs ?? 0, MAX_BACKOFF_MS);
    return Math.max(askedMs, Math.min(maxMs, minMs * 2 ** failures));
  }

  /** Reads where jobs stand, and gives what has changed since that was last read. */
  async #changes(signal: AbortSignal): Promise<Invocation[]> {
    const { onUpstreamCall, onRecoveredError } = this.#hooks;
    const deadline = this.#startedAt + this.#options.timeoutMs;
    const call = {
      signal,
      deadline,
      bypassCache: true,
      onUpstreamCall,
      onRecoveredError,
      onRead: () => undefined,
    };
    const state = this.#state;
    const [running, news] = await Promise.all([
      !state.isReady || state.hasUnfinished ? this.#list(RUNNING, call) : NO_PAGE,
      this.#listNewInvocations(state, call),
    ]);
    const seen = new Map<string, Invocation>();
    // The later of the two for a job that has ended in between.
    for (const { node } of [...running.rows, ...news.rows]) {
      if (node && node.status !== null) seen.set(node.invocationArn, node);
    }
    const missing = this.#missingFromLists(state, seen, running);
    const jobs = await getMany(this.source, missing, new Map(), call);
    missing.forEach((invocationArn, index) => {
      const job = jobs[index];
      if (stopsBatch(job)) throw job;
      // What fails for itself alone is read again with the next.
      if (job === null) state.markMissing(invocationArn);
      else if (!(job instanceof Error) && job) seen.set(invocationArn, job);
    });
    await this.#lookUp(this.#arnsToLookUp(state, seen), state, seen, call);
    return state.applySnapshot(seen.values(), news.rows[0]?.position.submitTime ?? undefined);
  }

  /** Unfinished jobs that the lists should have shown, and did not, because they have ended. */
  #missingFromLists(
    state: InvocationStates,
    seen: ReadonlyMap<string, Invocation>,
    running: PageResult,
  ): readonly string[] {
    const reachedTo = running.more
      ? (running.rows.at(-1)?.position.submitTime ?? Infinity)
      : -Infinity;
    return [...state.unfinished()]
      .filter(({ submitTime }) => (submitTime ?? 0) > reachedTo)
      .map(({ invocationArn }) => invocationArn)
      .filter((invocationArn) => !seen.has(invocationArn));
  }

  /** Some of the jobs that were named and never looked for: those who name many must not make the others wait. */
  #arnsToLookUp(state: InvocationStates, seen: ReadonlyMap<string, Invocation>): readonly string[] {
    return [...this.#listenedArns()]
      .filter((name) => !state.wasLookedUp(name) && !seen.has(name))
      .slice(0, MAX_LOOKUPS_PER_POLL);
  }

  /** An outage that only these meet with takes nothing away from what the lists have shown. */
  async #lookUp(
    arns: readonly string[],
    state: InvocationStates,
    seen: Map<string, Invocation>,
    call: CallContext,
  ): Promise<void> {
    const jobs = await getMany(this.source, arns, new Map(), call);
    this.#accessErrors.clear();
    this.#retryLookupMs = 0;
    arns.forEach((name, index) => {
      const job = jobs[index];
      if (stopsBatch(job)) this.#retryLookupMs = this.#backoffMs(job, 1);
      else if (job instanceof Error) {
        if (job instanceof UpstreamError) call.onRecoveredError(job);
        if (job instanceof UpstreamError && job.kind === 'access_denied')
          this.#accessErrors.set(name, job);
        state.markMissing(name);
      } else if (!job) state.markMissing(name);
      else for (const news of state.recordLookup(job)) seen.set(name, news);
    });
  }

  /** What was submitted since the last reading. At the first, only from when on that will be. */
  #listNewInvocations(state: InvocationStates, call: CallContext): Promise<PageResult> {
    return this.#list(
      state.isReady ? { window: { after: state.submittedAfter } } : { limit: 1 },
      call,
    );
  }

  #list(request: Partial<PageRequest>, call: CallContext): Promise<PageResult> {
    const isSpent = (calls: number) => calls >= this.#options.maxCalls;
    return readPage([this.source], { ...ALL, ...request }, isSpent, call);
  }

  /** Of the jobs that somebody named. */
  #listenedArns(): ReadonlySet<string> {
    const arns = new Set<string>();
    for (const listener of this.#listeners) for (const name of listener.arns ?? []) arns.add(name);
    return arns;
  }
}

/** More of them wait for the next reading. */
const MAX_LOOKUPS_PER_POLL = 100;
/** However long the upstream asks to wait. */
const MAX_BACKOFF_MS = 60_000;

const ALL: PageRequest = {
  direction: 'DESC',
  from: 'start',
  limit: Number.MAX_SAFE_INTEGER,
  window: {},
};

const RUNNING: Partial<PageRequest> = { statusEquals: 'IN_PROGRESS' };

const NO_PAGE: PageResult = { rows: [], more: false };

function notify({ arns, onChange }: ChangeListener, changes: readonly Invocation[]): void {
  for (const job of changes) if (!arns || arns.has(job.invocationArn)) onChange(job);
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error('rejected without an error', { cause: error });
}
