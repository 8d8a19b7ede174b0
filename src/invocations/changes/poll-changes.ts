import { getMany } from '../get-many.ts';
import type { Invocation } from '../invocation.ts';
import type { PageRequest, PageResult } from '../paging/page-request.ts';
import { readPage } from '../paging/read-page.ts';
import type { CallContext, InvocationSource } from '../source.ts';
import {
  arnsToLookUp,
  listRequests,
  type LookupOutcome,
  mergeLists,
  missingFromLists,
  type ReadResult,
  recordLookups,
  recordMissing,
  type Snapshot,
} from './detect-changes.ts';
import type { InvocationStates } from './invocation-states.ts';

export interface PollOptions {
  /**
   * The ARNs that subscribers named, in the order of their lookups. Called after the lists, to
   * include the latest subscribers.
   */
  readonly namedArns: () => Iterable<string>;
  /** Called with the changes that the lists have shown, before the lookups. */
  readonly onListed: (changes: readonly Invocation[]) => void;
  /** Maximum number of upstream calls for each list. */
  readonly maxCalls: number;
}

export interface PollResult extends LookupOutcome {
  /** The changes that the lookups have found, in the order in which they happened. */
  readonly changes: readonly Invocation[];
}

/**
 * Reads the current states from the source, stores them in `states`, and returns the changes.
 *
 * @throws {UpstreamError}
 */
export async function pollChanges(
  source: InvocationSource,
  states: InvocationStates,
  { namedArns, maxCalls, onListed }: PollOptions,
  call: CallContext,
): Promise<PollResult> {
  const list = (request: Partial<PageRequest>) =>
    readPage([source], { ...ALL, ...request }, (calls) => calls >= maxCalls, call);
  const requests = listRequests(states);
  const [running, recent] = await Promise.all([
    requests.running ? list(requests.running) : NO_ROWS,
    list(requests.recent),
  ]);
  const snapshot = mergeLists(running, recent);
  const missing = missingFromLists(states, snapshot, running);
  recordMissing(states, snapshot, await readAll(source, missing, call));
  const newestSubmitTime = recent.rows[0]?.position.submitTime ?? undefined;
  call.signal.throwIfAborted();
  onListed(states.applySnapshot(snapshot.values(), newestSubmitTime));
  const found: Snapshot = new Map();
  const named = arnsToLookUp(states, namedArns());
  const lookups = recordLookups(states, found, await readAll(source, named, call));
  for (const error of lookups.errors) call.onRecoveredError(error);
  return { ...lookups, changes: states.applySnapshot(found.values(), undefined) };
}

async function readAll(
  source: InvocationSource,
  arns: readonly string[],
  call: CallContext,
): Promise<Map<string, ReadResult>> {
  const results = await getMany(source, arns, new Map(), call);
  return new Map(arns.map((arn, index) => [arn, results[index] ?? null]));
}

const ALL: PageRequest = {
  direction: 'DESC',
  from: 'start',
  limit: Number.MAX_SAFE_INTEGER,
  window: {},
};

const NO_ROWS: PageResult = { rows: [], hasMore: false };
