import type { CoalescingQueue } from '../../../src/concurrency/coalescing-queue.ts';
import {
  ChangeFeed,
  type ChangeFeedHooks,
  type ChangeFeedOptions,
} from '../../../src/invocations/changes/change-feed.ts';
import { subscribeToChanges } from '../../../src/invocations/changes/subscribe.ts';
import type { Invocation } from '../../../src/invocations/invocation.ts';
import type {
  ListAsyncInvokesPage,
  ListAsyncInvokesQuery,
} from '../../../src/invocations/source.ts';
import type { UpstreamError } from '../../../src/invocations/upstream-error.ts';
import { invocation, MemorySource } from '../../harness/memory-source.ts';
import { waitFor } from '../../harness/wait-for.ts';

export const START = Date.parse('2026-03-01T12:00:00Z');

export const arnOf = (id: number) => createInvocation(id).invocationArn;

/** Returns an invocation that was submitted `id` seconds after START. */
export function createInvocation(
  id: number,
  status: Invocation['status'] = 'IN_PROGRESS',
  change: Partial<Invocation> = {},
): Invocation {
  const submitTime = START + id * 1000;
  return {
    ...invocation('us-east-1', { id, submitTime }),
    status,
    rawStatus: status,
    lastModifiedTime: submitTime,
    ...change,
  };
}

/** A source whose invocations change, and that can fail. */
export class ChangingSource extends MemorySource {
  error: UpstreamError | undefined;
  lists = 0;
  gets = 0;
  /** Rows that the list of running invocations still shows although they have ended. */
  staleRows: Invocation[] = [];

  override async list(query: ListAsyncInvokesQuery): Promise<ListAsyncInvokesPage> {
    this.lists += 1;
    if (this.error) throw this.error;
    const page = await super.list(query);
    const isFirstRunningPage = query.statusEquals === 'IN_PROGRESS' && !query.nextToken;
    return isFirstRunningPage ? { ...page, rows: [...this.staleRows, ...page.rows] } : page;
  }

  override async get(invocationArn: string): Promise<Invocation | null> {
    this.gets += 1;
    if (this.error) throw this.error;
    return super.get(invocationArn);
  }

  /** Changes the invocation, or adds it. */
  change(id: number, change: Partial<Invocation>): Invocation {
    const index = this.rows.findIndex((row) => row.invocationArn === arnOf(id));
    const row = { ...(this.rows[index] ?? createInvocation(id)), ...change };
    if (index < 0) this.rows.push(row);
    else this.rows[index] = row;
    return row;
  }
}

const OPTIONS: ChangeFeedOptions = { minMs: 1, maxMs: 4, timeoutMs: 5000, maxCalls: 50 };

export function createFeed(
  rows: readonly Invocation[],
  options: Partial<ChangeFeedOptions> = {},
  hooks: Partial<ChangeFeedHooks> = {},
) {
  const source = new ChangingSource('us-east-1', rows);
  const log = { failures: [] as unknown[], recoveries: 0 };
  const feed = new ChangeFeed(
    source,
    { ...OPTIONS, ...options },
    {
      onUpstreamCall: () => undefined,
      onRecoveredError: () => undefined,
      onPollFailed: (error) => log.failures.push(error),
      onPollRecovered: () => (log.recoveries += 1),
      onBeforePublish: () => undefined,
      ...hooks,
    },
  );
  return { source, feed, log };
}

/** Subscribes to a feed and collects all changes. */
export class Subscriber {
  readonly received: Invocation[] = [];
  readonly queue: CoalescingQueue<Invocation>;
  hasEnded = false;
  failure: unknown;

  constructor(feed: ChangeFeed, ids?: readonly number[], caller = 'ada') {
    const arns = ids && new Set(ids.map(arnOf));
    this.queue = subscribeToChanges([feed], { caller, arns, matches: () => true });
    void this.#read().catch((error: unknown) => (this.failure = error));
  }

  async #read(): Promise<void> {
    for await (const change of this.queue) this.received.push(change);
    this.hasEnded = true;
  }

  async waitForChanges(...changes: readonly Invocation[]): Promise<void> {
    const texts = changes.map(toText);
    await waitFor(() => texts.every((text) => this.texts().includes(text)));
  }

  texts(): string[] {
    return this.received.map(toText);
  }
}

/** Returns the id, the status, and the milliseconds from START to the last modification. */
export const toText = ({ invocationArn, status, lastModifiedTime }: Invocation) =>
  `${idOf(invocationArn)} ${status} ${(lastModifiedTime ?? 0) - START}`;

export const idOf = (invocationArn: string) => Number.parseInt(invocationArn.slice(-12), 36);

const subscribers: Subscriber[] = [];

export function subscribe(...args: ConstructorParameters<typeof Subscriber>): Subscriber {
  const subscriber = new Subscriber(...args);
  subscribers.push(subscriber);
  return subscriber;
}

export async function unsubscribeAll(): Promise<void> {
  await Promise.all(subscribers.splice(0).map(({ queue }) => queue.return()));
}
