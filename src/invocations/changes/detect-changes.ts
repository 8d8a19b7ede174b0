/**
 * Decides what changed, without any upstream call. A poll takes these steps in this order: list
 * (`listRequests`), merge the rows (`mergeLists`), look up unfinished invocations that the lists no
 * longer show (`missingFromLists`, `recordMissing`). Then it looks up invocations that subscribers
 * named (`arnsToLookUp`, `recordLookups`). `InvocationStates.applySnapshot` returns the changes of
 * each part.
 */
import type { Invocation } from '../invocation.ts';
import type { PageRequest, PageResult } from '../paging/page-request.ts';
import { stopsBatch } from '../get-many.ts';
import { UpstreamError } from '../upstream-error.ts';
import type { InvocationStates } from './invocation-states.ts';

/** Further lookups wait for the next poll, so that one subscriber cannot delay all others. */
export const MAX_LOOKUPS_PER_POLL = 100;

/** The invocations that one poll has read, by ARN. */
export type Snapshot = Map<string, Invocation>;

/** The result of reading one invocation: null when it does not exist. */
export type ReadResult = Invocation | null | Error;

export interface ListRequests {
  /** All invocations in progress. Undefined when none can be in progress. */
  readonly running: Partial<PageRequest> | undefined;
  /** The invocations submitted since the last poll. The first poll only reads the newest one. */
  readonly recent: Partial<PageRequest>;
}

export function listRequests(states: InvocationStates): ListRequests {
  return {
    running: !states.isReady || states.hasUnfinished ? { statusEquals: 'IN_PROGRESS' } : undefined,
    recent: states.isReady ? { window: { after: states.submittedAfter } } : { limit: 1 },
  };
}

/** Merges the rows of both lists. `recent` wins, for an invocation that ended between the lists. */
export function mergeLists(running: PageResult, recent: PageResult): Snapshot {
  const snapshot: Snapshot = new Map();
  for (const { node } of [...running.rows, ...recent.rows]) {
    if (node && node.status !== null) snapshot.set(node.invocationArn, node);
  }
  return snapshot;
}

/**
 * Returns the unfinished invocations that the list of running ones no longer shows: they have ended
 * or were deleted. Invocations past the end of an incomplete list are left out.
 */
export function missingFromLists(
  states: InvocationStates,
  snapshot: Snapshot,
  running: PageResult,
): string[] {
  const oldestListed = running.hasMore
    ? (running.rows.at(-1)?.position.submitTime ?? Infinity)
    : -Infinity;
  return [...states.unfinished()]
    .filter(({ submitTime }) => (submitTime ?? 0) > oldestListed)
    .map(({ invocationArn }) => invocationArn)
    .filter((arn) => !snapshot.has(arn));
}

/**
 * Adds what was read for {@link missingFromLists}. An error of a single read is ignored, because
 * the next poll repeats that read.
 *
 * @throws {UpstreamError} that stops the batch, and with it the poll.
 */
export function recordMissing(
  states: InvocationStates,
  snapshot: Snapshot,
  results: ReadonlyMap<string, ReadResult>,
): void {
  for (const [arn, result] of results) {
    if (stopsBatch(result)) throw result;
    if (result === null) states.markMissing(arn);
    else if (!(result instanceof Error)) snapshot.set(arn, result);
  }
}

/** Returns the first of the invocations that subscribers named and that were never looked up. */
export function arnsToLookUp(states: InvocationStates, namedArns: Iterable<string>): string[] {
  const arns = new Set<string>();
  for (const arn of namedArns) {
    if (arns.size === MAX_LOOKUPS_PER_POLL) break;
    if (!states.wasLookedUp(arn)) arns.add(arn);
  }
  return [...arns];
}

export interface LookupOutcome {
  /** The invocations that the gateway may not read, by ARN. */
  readonly accessErrors: ReadonlyMap<string, UpstreamError>;
  /** All errors that concern a single invocation. */
  readonly errors: readonly UpstreamError[];
  /** The error after which the remaining lookups must be repeated. */
  readonly retryAfter: UpstreamError | undefined;
}

/**
 * Adds what was read for {@link arnsToLookUp}. No error stops the poll: an outage that only these
 * lookups meet must not delay the changes that the lists have shown.
 */
export function recordLookups(
  states: InvocationStates,
  snapshot: Snapshot,
  results: ReadonlyMap<string, ReadResult>,
): LookupOutcome {
  const accessErrors = new Map<string, UpstreamError>();
  const errors: UpstreamError[] = [];
  let retryAfter: UpstreamError | undefined;
  for (const [arn, result] of results) {
    if (stopsBatch(result)) retryAfter = result;
    else if (result === null || result instanceof Error) {
      if (result instanceof UpstreamError) errors.push(result);
      if (result instanceof UpstreamError && result.kind === 'access_denied') {
        accessErrors.set(arn, result);
      }
      states.markMissing(arn);
    } else if (states.recordLookup(result)) snapshot.set(arn, result);
  }
  return { accessErrors, errors, retryAfter };
}
