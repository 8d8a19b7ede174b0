import { CallRates } from '../../concurrency/call-rates.ts';
import { RoundRobinQueue } from '../../concurrency/round-robin-queue.ts';
import type { Invocation } from '../invocation.ts';
import {
  type CallContext,
  CHANGES_CALLER,
  type InvocationSource,
  SHARED_CALLERS,
} from '../source.ts';
import { UpstreamError } from '../upstream-error.ts';
import { InvocationStates } from './invocation-states.ts';
import { pollChanges, type PollOptions, type PollResult } from './poll-changes.ts';
import { backoffMs, PollLoop, type PollLoopOptions } from './poll-loop.ts';
import { PollScheduler, type PollSchedulerOptions } from './poll-scheduler.ts';

export interface ChangeFeedOptions
  extends PollSchedulerOptions, PollLoopOptions, Pick<PollOptions, 'maxCalls'> {
  /** How many named invocations of one caller are looked up in a second. Undefined: unlimited. */
  readonly lookupsPerSecondPerCaller?: number | undefined;
}

/** Callbacks for logs, metrics and caches. */
export interface ChangeFeedHooks extends Pick<CallContext, 'onUpstreamCall' | 'onRecoveredError'> {
  /** Called when a poll has failed. The next one starts in `nextMs`. */
  readonly onPollFailed: (error: unknown, nextMs: number) => void;
  /** Called when a poll has succeeded after a failure. */
  readonly onPollRecovered: () => void;
  /** Called before changes are published, to invalidate cached lists that do not show them yet. */
  readonly onBeforePublish: () => void;
}

/** A subscriber to the feed. */
export interface ChangeListener {
  /** Lookups of named invocations take turns between callers. */
  readonly caller: string;
  /** The invocations to follow. Undefined: all. */
  readonly arns: ReadonlySet<string> | undefined;
  readonly onChange: (invocation: Invocation) => void;
  /** Called when access is denied. No changes will follow. */
  readonly onError: (error: UpstreamError) => void;
}

/**
 * Publishes the changes of one source by polling, because the upstream has no push: first the
 * current state of each invocation, then every observed change, once and in order. All listeners
 * share one poll. A poll costs:
 *
 * - one call for the invocations that were submitted since the last poll;
 * - while invocations are unfinished, one call for each thousand of them, and one for each that has
 *   ended since the last poll;
 * - one call for each invocation that a new listener names, up to 100 a poll, in turns between
 *   callers and at a limited rate for each. What the lists have shown is published before.
 *
 * There are no polls without listeners. {@link PollScheduler} computes the delay between polls. A
 * failed poll is repeated with a growing delay, and the next successful one finds what was missed.
 */
export class ChangeFeed {
  readonly source: InvocationSource;
  readonly #options: ChangeFeedOptions;
  readonly #hooks: ChangeFeedHooks;
  readonly #scheduler: PollScheduler;
  readonly #lookupRates: CallRates;
  readonly #loop: PollLoop<PollResult>;
  readonly #listeners = new Set<ChangeListener>();
  /** The listeners that have not received the current states yet. */
  readonly #pendingListeners = new Set<ChangeListener>();
  #states = new InvocationStates();

  constructor(source: InvocationSource, options: ChangeFeedOptions, hooks: ChangeFeedHooks) {
    this.source = source;
    this.#options = options;
    this.#hooks = hooks;
    this.#scheduler = new PollScheduler(options);
    this.#lookupRates = new CallRates({
      perSecondPerCaller: options.lookupsPerSecondPerCaller,
      sharedCallers: SHARED_CALLERS,
    });
    this.#loop = new PollLoop(options, {
      poll: (signal, deadline) => this.#poll(signal, deadline),
      onResult: (result, isExpedited) => this.#publish(result, isExpedited),
      onFailure: (error, delayMs) => {
        this.#reportFailure(error, delayMs);
      },
      onRecovered: hooks.onPollRecovered,
    });
  }

  /** Adds a listener. Returns a function that removes it. */
  subscribe(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    this.#pendingListeners.add(listener);
    if (!this.#sendInitialState(listener)) this.#loop.expedite();
    return () => {
      this.#pendingListeners.delete(listener);
      if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.#stop();
    };
  }

  /** Polls as soon as possible, because a change is expected, such as after a start. */
  refreshSoon(): void {
    if (this.#listeners.size > 0) this.#loop.expedite();
  }

  /** Stops polling and drops all state once the last listener is gone. */
  #stop(): void {
    this.#loop.stop();
    this.#states = new InvocationStates();
  }

  #poll(signal: AbortSignal, deadline: number): Promise<PollResult> {
    const { onUpstreamCall, onRecoveredError } = this.#hooks;
    const onRead = () => undefined;
    const hooks = { onUpstreamCall, onRecoveredError, onRead };
    const call = { caller: CHANGES_CALLER, signal, deadline, bypassCache: true, ...hooks };
    const { maxCalls } = this.#options;
    const options: PollOptions = {
      maxCalls,
      namedArns: () => this.#unknownArns(),
      onListed: (changes) => {
        this.#notifyAll(changes, new Map());
      },
    };
    return pollChanges(this.source, this.#states, options, call);
  }

  /** Publishes the changes. Returns the delay until the next poll. */
  #publish({ changes, accessErrors, retryAfter }: PollResult, isExpedited: boolean): number {
    this.#notifyAll(changes, accessErrors);
    this.#states.prune(this.#namedArns());
    const delayMs = this.#scheduler.nextDelayMs(this.#states.unfinished(), Date.now());
    if (!isExpedited && this.#pendingListeners.size === 0) return delayMs;
    return retryAfter ? Math.min(delayMs, backoffMs(retryAfter, 1, this.#options)) : 0;
  }

  #notifyAll(
    changes: readonly Invocation[],
    accessErrors: ReadonlyMap<string, UpstreamError>,
  ): void {
    for (const invocation of changes) this.#scheduler.recordDuration(invocation);
    if (changes.length > 0) this.#hooks.onBeforePublish();
    for (const listener of this.#listeners) {
      const accessError = firstAccessError(listener, accessErrors);
      if (accessError) listener.onError(accessError);
      else if (this.#pendingListeners.has(listener)) this.#sendInitialState(listener);
      else notify(listener, changes);
    }
  }

  /** Sends the current states to a new listener. Returns false while some of them are unknown. */
  #sendInitialState(listener: ChangeListener): boolean {
    const { arns } = listener;
    const states = this.#states;
    const isKnown = states.isReady && [...(arns ?? [])].every((arn) => states.wasLookedUp(arn));
    if (!isKnown) return false;
    this.#pendingListeners.delete(listener);
    const current = arns ? [...arns].flatMap((arn) => states.get(arn) ?? []) : states.unfinished();
    for (const invocation of current) listener.onChange(invocation);
    return true;
  }

  #reportFailure(error: Error, delayMs: number): void {
    this.#hooks.onPollFailed(error, delayMs);
    if (!(error instanceof UpstreamError) || error.kind !== 'access_denied') return;
    for (const listener of this.#pendingListeners) listener.onError(error);
  }

  /** Returns the ARNs of all listeners. */
  #namedArns(): ReadonlySet<string> {
    const namedArns = new Set<string>();
    for (const { arns } of this.#listeners) for (const arn of arns ?? []) namedArns.add(arn);
    return namedArns;
  }

  /** Returns the ARNs that were never looked up, in turns between callers that may look up more. */
  *#unknownArns(): Generator<string, undefined> {
    const unknown = new RoundRobinQueue<readonly [caller: string, arn: string]>();
    const queued = new Set<string>();
    for (const { caller, arns } of this.#pendingListeners) {
      for (const arn of arns ?? []) {
        const key = `${caller} ${arn}`;
        if (queued.has(key) || this.#states.wasLookedUp(arn)) continue;
        queued.add(key);
        unknown.push(caller, [caller, arn]);
      }
    }
    for (let next = unknown.shift(); next; next = unknown.shift()) {
      const [caller, arn] = next;
      if (this.#lookupRates.delayOf(caller).ms > 0) continue;
      this.#lookupRates.count(caller, 1);
      yield arn;
    }
    return undefined;
  }
}

function firstAccessError(
  { arns }: ChangeListener,
  accessErrors: ReadonlyMap<string, UpstreamError>,
): UpstreamError | undefined {
  if (!arns || accessErrors.size === 0) return undefined;
  const deniedArn = [...arns].find((arn) => accessErrors.has(arn));
  return deniedArn === undefined ? undefined : accessErrors.get(deniedArn);
}

function notify({ arns, onChange }: ChangeListener, changes: readonly Invocation[]): void {
  for (const invocation of changes) {
    if (!arns || arns.has(invocation.invocationArn)) onChange(invocation);
  }
}
