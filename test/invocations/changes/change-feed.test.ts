import { subscribeToChanges } from '../../../src/invocations/changes/subscribe.ts';
import type {
  CallContext,
  ListAsyncInvokesPage,
  ListAsyncInvokesQuery,
} from '../../../src/invocations/source.ts';
import { UpstreamError } from '../../../src/invocations/upstream-error.ts';
import { waitFor } from '../../harness/wait-for.ts';
import {
  arnOf,
  ChangingSource,
  createFeed,
  createInvocation,
  START,
  subscribe,
  toText,
  unsubscribeAll,
} from './feed-harness.ts';

afterEach(unsubscribeAll);

describe('a subscriber to all invocations', () => {
  it('receives running invocations, each change, and new invocations, once each', async () => {
    const rows = [createInvocation(1, 'COMPLETED'), createInvocation(2), createInvocation(3)];
    const { source, feed } = createFeed(rows);
    const subscriber = subscribe(feed);
    await subscriber.waitForChanges(createInvocation(2), createInvocation(3));
    const completed = source.change(2, { status: 'COMPLETED', lastModifiedTime: START + 5000 });
    await subscriber.waitForChanges(completed);
    const added = source.change(4, {});
    await subscriber.waitForChanges(added);
    const failed = source.change(5, { status: 'FAILED', lastModifiedTime: START + 9000 });
    await subscriber.waitForChanges(failed);
    const [first, second, ...rest] = subscriber.texts();
    expect([first, second].sort()).toEqual(['2 IN_PROGRESS 2000', '3 IN_PROGRESS 3000']);
    expect(rest).toEqual(['2 COMPLETED 5000', '4 IN_PROGRESS 4000', '5 FAILED 9000']);
  });

  it('receives known states without an upstream call when the feed already polls', async () => {
    const rows = [createInvocation(1), createInvocation(2)];
    const { source, feed } = createFeed(rows, { minMs: 60_000, maxMs: 60_000 });
    await subscribe(feed).waitForChanges(...rows);
    const { lists } = source;
    await subscribe(feed).waitForChanges(...rows);
    expect(source.lists).toBe(lists);
  });

  it('receives several changes of one poll in the order in which they happened', async () => {
    const rows = [1, 2, 3].map((id) => createInvocation(id));
    const { source, feed } = createFeed(rows, { minMs: 20, maxMs: 40 });
    const subscriber = subscribe(feed);
    await subscriber.waitForChanges(...rows);
    const changes = [2, 3, 1].map((id, index) =>
      source.change(id, { status: 'COMPLETED', lastModifiedTime: START + 10_000 + index }),
    );
    await subscriber.waitForChanges(...changes);
    expect(subscriber.texts().slice(3)).toEqual(changes.map(toText));
  });

  it('receives no running state after the end, whatever a stale list shows', async () => {
    const rows = [createInvocation(1), createInvocation(2)];
    const { source, feed } = createFeed(rows);
    const subscriber = subscribe(feed);
    await subscriber.waitForChanges(...rows);
    const completed = source.change(1, { status: 'COMPLETED', lastModifiedTime: START + 5000 });
    await subscriber.waitForChanges(completed);
    source.staleRows = [createInvocation(1)];
    await subscriber.waitForChanges(source.change(3, {}));
    await subscriber.waitForChanges(source.change(3, { lastModifiedTime: START + 8000 }));
    expect(subscriber.texts().filter((text) => text.startsWith('1 '))).toEqual([
      '1 IN_PROGRESS 1000',
      '1 COMPLETED 5000',
    ]);
  });

  it('receives the changes of an invocation with an unknown status', async () => {
    const { source, feed } = createFeed([createInvocation(1)]);
    const subscriber = subscribe(feed);
    await subscriber.waitForChanges(createInvocation(1));
    await subscriber.waitForChanges(source.change(2, { status: 'UNKNOWN', rawStatus: 'Queued' }));
    await subscriber.waitForChanges(
      source.change(2, { status: 'COMPLETED', lastModifiedTime: START + 7000 }),
    );
    expect(subscriber.texts().slice(1)).toEqual(['2 UNKNOWN 2000', '2 COMPLETED 7000']);
  });

  it('receives the first invocations of a source that had none', async () => {
    const { source, feed } = createFeed([]);
    const subscriber = subscribe(feed);
    await waitFor(() => source.lists >= 4);
    await subscriber.waitForChanges(source.change(1, {}), source.change(2, { status: 'FAILED' }));
    expect(subscriber.texts()).toEqual(['1 IN_PROGRESS 1000', '2 FAILED 2000']);
  });
});

describe('a subscriber that names invocations', () => {
  it('receives the current states, and its stream ends when all are terminal', async () => {
    const failed = createInvocation(1, 'FAILED');
    const { source, feed } = createFeed([failed, createInvocation(2), createInvocation(3)]);
    const subscriber = subscribe(feed, [1, 2]);
    await subscriber.waitForChanges(failed, createInvocation(2));
    expect(subscriber.hasEnded).toBe(false);
    source.change(2, { status: 'COMPLETED', lastModifiedTime: START + 4000 });
    await waitFor(() => subscriber.hasEnded);
    expect(subscriber.texts().sort()).toEqual([
      '1 FAILED 1000',
      '2 COMPLETED 4000',
      '2 IN_PROGRESS 2000',
    ]);
  });

  it('gets the end of the stream at once when all have already ended', async () => {
    const { source, feed } = createFeed([createInvocation(1, 'COMPLETED'), createInvocation(2)]);
    const subscriber = subscribe(feed, [1]);
    await waitFor(() => subscriber.hasEnded);
    expect(subscriber.texts()).toEqual(['1 COMPLETED 1000']);
    expect(source.gets).toBe(1);
  });

  it.each([
    ['another Region', [arnOf(1).replace('us-east-1', 'eu-west-1')]],
    ['another account', [arnOf(1).replace('111122223333', '444455556666')]],
    ['no invocation at all', []],
  ])('gets the end of the stream without an upstream call for %s', async (_names, arns) => {
    const { source, feed } = createFeed([createInvocation(1)]);
    const queue = subscribeToChanges([feed], {
      caller: 'ada',
      arns: new Set(arns),
      matches: () => true,
    });
    expect(await queue.next()).toEqual({ done: true, value: undefined });
    expect([source.lists, source.gets]).toEqual([0, 0]);
  });

  it('receives an invocation that is created later, after a single lookup', async () => {
    const { source, feed } = createFeed([createInvocation(1)]);
    const subscriber = subscribe(feed, [5]);
    await waitFor(() => source.lists >= 6);
    expect(source.gets).toBe(1);
    await subscriber.waitForChanges(source.change(5, {}));
    source.change(5, { status: 'COMPLETED', lastModifiedTime: START + 9000 });
    await waitFor(() => subscriber.hasEnded);
    expect(subscriber.texts()).toEqual(['5 IN_PROGRESS 5000', '5 COMPLETED 9000']);
  });
});

describe('a named invocation that cannot be read', () => {
  function createFailingFeed(id: number, error: UpstreamError) {
    const completed = [2, 3].map((each) => createInvocation(each, 'COMPLETED'));
    const set = createFeed([createInvocation(1), ...completed], { minMs: 5, maxMs: 20 });
    const get = set.source.get.bind(set.source);
    set.source.get = (invocationArn) =>
      invocationArn === arnOf(id) ? Promise.reject(error) : get(invocationArn);
    return set;
  }

  it('does not keep its subscriber from receiving the others', async () => {
    const { feed } = createFailingFeed(2, new UpstreamError('invalid_response', 'garbled'));
    const subscriber = subscribe(feed, [1, 2, 3]);
    await subscriber.waitForChanges(createInvocation(1), createInvocation(3, 'COMPLETED'));
    expect(subscriber.texts()).toHaveLength(2);
  });

  it('ends its own stream with an error when access is denied, and no other stream', async () => {
    const error = new UpstreamError('access_denied', 'no');
    const { source, feed } = createFailingFeed(2, error);
    const [denied, other] = [subscribe(feed, [2]), subscribe(feed)];
    await waitFor(() => denied.failure !== undefined);
    expect(denied.failure).toBe(error);
    await other.waitForChanges(source.change(4, {}));
  });

  it('is looked up again after an outage that does not delay other subscribers', async () => {
    const { source, feed, log } = createFailingFeed(2, new UpstreamError('throttled', 'slow down'));
    const [named, other] = [subscribe(feed, [2]), subscribe(feed)];
    await other.waitForChanges(createInvocation(1), source.change(4, {}));
    expect(log.failures).toEqual([]);
    expect(named.received).toEqual([]);
    source.get = (invocationArn) => ChangingSource.prototype.get.call(source, invocationArn);
    await named.waitForChanges(createInvocation(2, 'COMPLETED'));
    await waitFor(() => named.hasEnded);
  });
});

describe('a poll', () => {
  it.each([1, 1000])('costs the same for %i subscribers', async (count) => {
    const minMs = 15;
    const rows = [createInvocation(1), createInvocation(2)];
    const { source, feed } = createFeed(rows, { minMs, maxMs: minMs });
    const start = performance.now();
    const all = Array.from({ length: count }, () => subscribe(feed));
    await Promise.all(all.map((subscriber) => subscriber.waitForChanges(...rows)));
    const completed = source.change(1, { status: 'COMPLETED', lastModifiedTime: START + 5000 });
    await Promise.all(all.map((subscriber) => subscriber.waitForChanges(completed)));
    expect(new Set(all.map(({ received }) => received.length))).toEqual(new Set([3]));
    // A poll makes two lists (running and recent). A get reads the invocation that has ended.
    const polls = Math.floor((performance.now() - start) / minMs) + 1;
    expect(source.lists).toBeLessThanOrEqual(2 * polls);
    expect(source.gets).toBe(1);
  });

  it('is not made while there are no subscribers', async () => {
    const { source, feed } = createFeed([createInvocation(1)]);
    const subscriber = subscribe(feed);
    await subscriber.waitForChanges(createInvocation(1));
    await subscriber.queue.return();
    const { lists } = source;
    const other = createFeed([createInvocation(1)]);
    subscribe(other.feed);
    await waitFor(() => other.source.lists >= 20);
    expect(source.lists).toBe(lists);
  });

  it('is aborted without a result when the last subscriber leaves', async () => {
    const { source, feed } = createFeed([createInvocation(1)]);
    const pendingPage = Promise.withResolvers<ListAsyncInvokesPage>();
    const signals: AbortSignal[] = [];
    source.list = (_query: ListAsyncInvokesQuery, call?: CallContext) => {
      if (call) signals.push(call.signal);
      return pendingPage.promise;
    };
    const subscriber = subscribe(feed);
    await waitFor(() => signals.length > 0);
    await subscriber.queue.return();
    expect(signals.every(({ aborted }) => aborted)).toBe(true);
    pendingPage.resolve({ rows: [createInvocation(1)] });
    expect(subscriber.received).toEqual([]);
  });

  it('is repeated after a failure, and then finds all missed changes', async () => {
    const { source, feed, log } = createFeed([createInvocation(1)]);
    const subscriber = subscribe(feed);
    await subscriber.waitForChanges(createInvocation(1));
    source.error = new UpstreamError('throttled', 'slow down');
    const completed = source.change(1, { status: 'COMPLETED', lastModifiedTime: START + 5000 });
    const added = source.change(2, {});
    await waitFor(() => log.failures.length >= 3);
    expect(subscriber.hasEnded).toBe(false);
    source.error = undefined;
    await subscriber.waitForChanges(completed, added);
    expect(subscriber.received).toHaveLength(3);
    expect(log.recoveries).toBe(1);
  });

  it('is repeated with growing delays, and at least as late as the upstream asks for', async () => {
    const delays: number[] = [];
    const onPollFailed = (_error: unknown, nextMs: number) => {
      delays.push(nextMs);
      const retryAfterMs = delays.length === 6 ? 77 : 1e12;
      if (delays.length >= 6) source.error = new UpstreamError('throttled', 'x', { retryAfterMs });
    };
    const { source, feed } = createFeed([], { maxMs: 16 }, { onPollFailed });
    source.error = new UpstreamError('unavailable', 'out of order');
    subscribe(feed);
    await waitFor(() => delays.length === 8);
    expect(delays).toEqual([2, 4, 8, 16, 16, 16, 77, 60_000]);
  });

  it('that is denied access ends the streams that have received nothing yet', async () => {
    const { source, feed } = createFeed([createInvocation(1)]);
    const early = subscribe(feed);
    await early.waitForChanges(createInvocation(1));
    source.error = new UpstreamError('access_denied', 'no');
    const late = subscribe(feed, [9]);
    await waitFor(() => late.failure !== undefined);
    expect(late.failure).toBe(source.error);
    expect(early.failure).toBeUndefined();
    source.error = undefined;
    await early.waitForChanges(source.change(2, {}));
  });
});
