import {
  arnsToLookUp,
  listRequests,
  MAX_LOOKUPS_PER_POLL,
  mergeLists,
  missingFromLists,
  recordLookups,
  recordMissing,
  type ReadResult,
  type Snapshot,
} from '../../../src/invocations/changes/detect-changes.ts';
import { InvocationStates } from '../../../src/invocations/changes/invocation-states.ts';
import type { Invocation } from '../../../src/invocations/invocation.ts';
import type { PageResult } from '../../../src/invocations/paging/page-request.ts';
import { UpstreamError, type UpstreamErrorKind } from '../../../src/invocations/upstream-error.ts';
import { arnOf, createInvocation, idOf, START } from './feed-harness.ts';

const running = (id: number) => createInvocation(id);
const completed = (id: number) => createInvocation(id, 'COMPLETED');
const withoutStatus = (id: number) => createInvocation(id, null);
const error = (kind: UpstreamErrorKind) => new UpstreamError(kind, kind);

const page = (nodes: readonly (Invocation | null)[], hasMore = false): PageResult => ({
  rows: nodes.map((node, index) => ({
    position: { submitTime: node?.submitTime ?? null, invocationArn: arnOf(0), offset: index },
    node,
  })),
  hasMore,
});
const snapshotOf = (invocations: readonly Invocation[]): Snapshot =>
  new Map(invocations.map((each) => [each.invocationArn, each]));
const resultsOf = (results: readonly (readonly [number, ReadResult])[]) =>
  new Map(results.map(([id, result]) => [arnOf(id), result]));
const arns = (ids: readonly number[]) => ids.map(arnOf);
const ids = (snapshot: Snapshot) => [...snapshot.keys()].map(idOf);

/** Returns the states after a poll that has read these invocations. */
function statesAfter(invocations: readonly Invocation[], newest?: number): InvocationStates {
  const states = new InvocationStates();
  states.applySnapshot(invocations, newest);
  return states;
}

describe('listRequests', () => {
  it('requests the running invocations and only the newest one for the first poll', () => {
    expect(listRequests(new InvocationStates())).toEqual({
      running: { statusEquals: 'IN_PROGRESS' },
      recent: { limit: 1 },
    });
  });

  it('requests no running invocations when none is unfinished', () => {
    const states = statesAfter([completed(1)], START);
    expect(listRequests(states)).toEqual({
      running: undefined,
      recent: { window: { after: START } },
    });
  });

  it('requests the running invocations while one is unfinished', () => {
    const { running: request } = listRequests(statesAfter([running(1)], START));
    expect(request).toEqual({ statusEquals: 'IN_PROGRESS' });
  });

  it('requests all submit times while the source has no invocations', () => {
    expect(listRequests(statesAfter([])).recent).toEqual({ window: { after: undefined } });
  });
});

describe('mergeLists', () => {
  it.each([
    ['rows of both lists', page([running(1)]), page([running(2)]), [running(1), running(2)]],
    ['the recent row for both', page([running(1)]), page([completed(1)]), [completed(1)]],
    ['no row without a status', page([withoutStatus(1)]), page([running(2)]), [running(2)]],
    ['no unreadable row', page([null]), page([null, running(2)]), [running(2)]],
  ])('returns %s', (_rows, runningPage, recentPage, expected) => {
    expect([...mergeLists(runningPage, recentPage).values()]).toEqual(expected);
  });
});

describe('missingFromLists', () => {
  const unfinished = [running(1), running(2), running(3)];

  it.each([
    ['nothing when the list shows all', unfinished, page(unfinished), []],
    ['what the list does not show', [running(2)], page([running(2)]), [1, 3]],
    ['nothing that only the recent list shows', unfinished, page([running(2)]), []],
    ['nothing past the end of a partial list', [running(2)], page([running(2)], true), [3]],
    ['nothing when a partial list has no rows', [], page([], true), []],
  ])('returns %s', (_what, snapshot, runningPage, expected) => {
    const states = statesAfter(unfinished);
    expect(missingFromLists(states, snapshotOf(snapshot), runningPage)).toEqual(arns(expected));
  });

  it('ignores invocations that have ended before', () => {
    const states = statesAfter([running(1), completed(2)]);
    expect(missingFromLists(states, new Map(), page([]))).toEqual([arnOf(1)]);
  });
});

describe('recordMissing', () => {
  it('adds what was read to the snapshot and ignores the error of a single read', () => {
    const states = statesAfter([running(1), running(2)]);
    const snapshot = snapshotOf([]);
    recordMissing(
      states,
      snapshot,
      resultsOf([
        [1, completed(1)],
        [2, error('invalid_response')],
      ]),
    );
    expect([...snapshot.values()]).toEqual([completed(1)]);
    expect(states.get(arnOf(2))).toEqual(running(2));
  });

  it('drops an invocation that no longer exists', () => {
    const states = statesAfter([running(1)]);
    recordMissing(states, new Map(), resultsOf([[1, null]]));
    expect(states.get(arnOf(1))).toBeUndefined();
    expect(states.hasUnfinished).toBe(false);
  });

  it.each(['throttled', 'unavailable'] as const)('throws an error of the kind %s', (kind) => {
    const record = () => {
      recordMissing(statesAfter([running(1)]), new Map(), resultsOf([[1, error(kind)]]));
    };
    expect(record).toThrow(kind);
  });
});

describe('arnsToLookUp', () => {
  it.each([
    ['names that are unknown', [], [1, 2], [1, 2]],
    ['each name once', [], [1, 2, 1], [1, 2]],
    ['no name with a known state', [running(1), completed(2)], [1, 2, 3], [3]],
  ])('returns %s', (_what, known, named, expected) => {
    const states = statesAfter(known);
    const result = arnsToLookUp(states, arns(named));
    expect(result).toEqual(arns(expected));
  });

  it('returns no name that was looked up and does not exist', () => {
    const states = statesAfter([]);
    states.markMissing(arnOf(1));
    expect(arnsToLookUp(states, arns([1]))).toEqual([]);
  });

  it('returns a limited number of names', () => {
    const named = arns(Array.from({ length: MAX_LOOKUPS_PER_POLL + 20 }, (_, id) => id));
    const result = arnsToLookUp(statesAfter([]), named);
    expect(result).toEqual(named.slice(0, MAX_LOOKUPS_PER_POLL));
  });
});

describe('recordLookups', () => {
  it('reports a running invocation as a change', () => {
    const snapshot: Snapshot = new Map();
    const outcome = recordLookups(statesAfter([]), snapshot, resultsOf([[1, running(1)]]));
    expect(ids(snapshot)).toEqual([1]);
    expect(outcome).toEqual({ accessErrors: new Map(), errors: [], retryAfter: undefined });
  });

  it('stores an invocation that has already ended without reporting a change', () => {
    const states = statesAfter([]);
    const snapshot: Snapshot = new Map();
    recordLookups(states, snapshot, resultsOf([[1, completed(1)]]));
    expect(ids(snapshot)).toEqual([]);
    expect(states.get(arnOf(1))).toEqual(completed(1));
  });

  it.each([
    ['null', null, [], []],
    ['invalid_response', error('invalid_response'), ['invalid_response'], []],
    ['access_denied', error('access_denied'), ['access_denied'], [1]],
    ['an internal error', new Error('defect'), [], []],
  ])('does not look up the invocation again after %s', (_what, result, errors, denied) => {
    const states = statesAfter([]);
    const outcome = recordLookups(states, new Map(), resultsOf([[1, result]]));
    expect(states.wasLookedUp(arnOf(1))).toBe(true);
    expect(outcome.errors.map(({ kind }) => kind)).toEqual(errors);
    expect([...outcome.accessErrors.keys()]).toEqual(arns(denied));
    expect(outcome.retryAfter).toBeUndefined();
  });

  it.each(['throttled', 'unavailable'] as const)(
    'keeps the other results and repeats the lookup after an error of the kind %s',
    (kind) => {
      const states = statesAfter([]);
      const snapshot: Snapshot = new Map();
      const results = resultsOf([
        [1, running(1)],
        [2, error(kind)],
      ]);
      expect(recordLookups(states, snapshot, results).retryAfter).toBe(results.get(arnOf(2)));
      expect(ids(snapshot)).toEqual([1]);
      expect(states.wasLookedUp(arnOf(2))).toBe(false);
    },
  );
});
