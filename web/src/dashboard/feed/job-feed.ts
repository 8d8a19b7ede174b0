import type { ApolloClient } from '@apollo/client';
import {
  type AsyncInvokeFilter,
  type AsyncInvokeOrder,
  JobChangedDocument,
  type JobChangedSubscription,
  JobsDocument,
  type JobsQuery,
  type JobsQueryVariables,
  NewestJobsDocument,
} from '../__generated__/graphql.ts';
import { waitFor } from './graph-client.ts';
import type { Health } from './health.ts';
import { Store } from './store.ts';
import { isForeignCursor } from './trouble.ts';

/** Which list, and in which order. Part of every page's arguments, and of no page's place. */
export interface ListKey {
  readonly filter: AsyncInvokeFilter;
  readonly orderBy: AsyncInvokeOrder;
}

/** Down and up the screen, whatever the order. */
export type Direction = 'after' | 'before';

export interface FeedState {
  readonly isReady: boolean;
  /** Which ends are being read on from. */
  readonly reading: Readonly<Record<Direction, boolean>>;
  /** Jobs that came in since they were last looked at. */
  readonly arrived: number;
  /** When the place that the address named turned out to be none of this list. */
  readonly lostPlace: boolean;
}

type Connection = NonNullable<JobsQuery['asyncInvokes']>;

const PAGE = 100;
/** The most that one page may hold. */
const LARGEST_PAGE = 1000;
/** With changes told as they happen, a look now and then shows that all is well; without, it is all there is. */
const LIVE_BEAT_MS = 15_000;
const POLL_BEAT_MS = 5000;
/** Changes come in bunches. */
const NUDGE_MS = 250;
/** A row that no longer matches is seen to change before it goes. */
const LINGER_MS = 4000;

/**
 * Keeps one list in the cache as true as it can: reads it page by page in both directions, goes on reading at the end where
 * new jobs arrive, hears of changes, and after a trouble catches up. Whoever shows the list only reads the cache.
 */
export class JobFeed extends Store<FeedState> {
  readonly key: ListKey;
  readonly #client: ApolloClient;
  readonly #health: Health;
  #at: string | undefined;
  #timer: number | undefined;
  #linger: number | undefined;
  #isBeating = false;
  #isStopped = false;
  #failures = 0;
  #mustReread = false;
  #changes: { unsubscribe(): void } | undefined;
  #leave: (() => void) | undefined;

  constructor(client: ApolloClient, health: Health, key: ListKey, at: string | undefined) {
    super({
      isReady: false,
      reading: { after: false, before: false },
      arrived: 0,
      lostPlace: false,
    });
    this.#client = client;
    this.#health = health;
    this.key = key;
    this.#at = at;
  }

  start(): () => void {
    const wake = () => {
      if (!document.hidden) void this.beat();
    };
    const offline = () => {
      this.#health.setOffline();
    };
    let wasLive = this.#health.get().isLive;
    const forget = this.#health.subscribe(() => {
      const { isLive } = this.#health.get();
      if (isLive && !wasLive) this.#nudge();
      wasLive = isLive;
    });
    document.addEventListener('visibilitychange', wake);
    window.addEventListener('online', wake);
    window.addEventListener('offline', offline);
    this.#isStopped = false;
    this.#leave = () => {
      forget();
      document.removeEventListener('visibilitychange', wake);
      window.removeEventListener('online', wake);
      window.removeEventListener('offline', offline);
    };
    void this.beat();
    return () => {
      this.#stop();
    };
  }

  #stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#linger);
    this.#leave?.();
    this.#changes?.unsubscribe();
    this.#changes = undefined;
  }

  /** The jobs that came in have been seen. */
  seen(): void {
    if (this.get().arrived > 0) this.set({ ...this.get(), arrived: 0 });
  }

  /** Reads on at an end of what is known. While there is a trouble it waits for its end. */
  async extend(direction: Direction): Promise<void> {
    const known = this.known();
    if (!known || this.get().reading[direction] || this.#health.get().trouble) return;
    this.#setReading(direction, true);
    try {
      await this.#readOn(direction, known, PAGE);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#setReading(direction, false);
    }
  }

  known(): Connection | undefined {
    return (
      this.#client.readQuery({ query: JobsDocument, variables: this.key })?.asyncInvokes ??
      undefined
    );
  }

  /** Reads what is new, and finds out how things stand. */
  async beat(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#isBeating || this.#isStopped || document.hidden) return;
    this.#isBeating = true;
    try {
      if (this.get().isReady) await this.#catchUp();
      else await this.#readFirst();
      this.#failures = 0;
      this.#health.good();
      this.#listen();
    } catch (error) {
      if (!this.#isGone()) this.#health.bad(error);
      this.#failures += 1;
    }
    this.#isBeating = false;
    if (!this.#isGone()) this.#timer = window.setTimeout(() => void this.beat(), this.#pause());
  }

  /** What is asked of it may change while it waits. */
  #isGone(): boolean {
    return this.#isStopped;
  }

  #fail(error: unknown): void {
    if (this.#isStopped) return;
    this.#failures += 1;
    this.#health.bad(error);
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.beat(), this.#pause());
  }

  #pause(): number {
    const { trouble, isLive } = this.#health.get();
    if (!trouble) return isLive ? LIVE_BEAT_MS : POLL_BEAT_MS;
    return Math.max(trouble.retryAfterMs ?? 0, waitFor(this.#failures));
  }

  #nudge(afterMs = NUDGE_MS): void {
    if (this.#isStopped || this.#health.get().trouble) return;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.beat(), afterMs);
  }

  async #readFirst(): Promise<void> {
    try {
      await this.#read({ first: PAGE, after: this.#at });
    } catch (error) {
      if (this.#at === undefined || !isForeignCursor(error)) throw error;
      this.#at = undefined;
      await this.#read({ first: PAGE });
      this.set({ ...this.get(), lostPlace: true });
    }
    this.set({ ...this.get(), isReady: true });
  }

  async #catchUp(): Promise<void> {
    const { isLive } = this.#health.get();
    const known = this.known();
    const end = this.#arrivingEnd();
    const reachesEnd = known && !hasMore(known, end);
    if (!reachesEnd || !isLive) {
      await this.#client.query({ query: NewestJobsDocument, fetchPolicy: 'network-only' });
    }
    if (!reachesEnd) return;
    const filters = this.key.filter.statusEquals !== undefined;
    if (this.#mustReread || (filters && !isLive)) await this.#readAgain(known);
    this.#mustReread = false;
    await this.#readArrivals(end);
  }

  async #readArrivals(end: Direction): Promise<void> {
    for (;;) {
      const before = this.known();
      if (!before) return;
      if (before.edges.length === 0) await this.#read({ first: PAGE });
      else await this.#readOn(end, before, PAGE);
      const after = this.known();
      const count = (after?.edges.length ?? 0) - before.edges.length;
      if (count > 0) this.set({ ...this.get(), arrived: this.get().arrived + count });
      if (!after || count <= 0 || !hasMore(after, end)) return;
    }
  }

  /** The same stretch once more: rows may have come to match, and others have stopped to. */
  async #readAgain({ edges, pageInfo }: Connection): Promise<void> {
    if (pageInfo.hasPreviousPage || edges.length > LARGEST_PAGE) return;
    await this.#read({ first: Math.max(PAGE, edges.length) });
  }

  async #readOn(direction: Direction, { pageInfo }: Connection, count: number): Promise<void> {
    await this.#read(
      direction === 'after'
        ? { first: count, after: pageInfo.endCursor }
        : { last: count, before: pageInfo.startCursor },
    );
  }

  async #read(page: JobsQueryVariables): Promise<void> {
    await this.#client.query({
      query: JobsDocument,
      variables: { ...this.key, ...page },
      fetchPolicy: 'network-only',
    });
  }

  /** From the first answer on, so that nobody is asked for who may not ask. */
  #listen(): void {
    this.#changes ??= this.#client.subscribe({ query: JobChangedDocument }).subscribe({
      next: ({ data, error }) => {
        if (data) this.#onChange(data.asyncInvokeChanged);
        else if (error) this.#endListening();
      },
      error: () => {
        this.#endListening();
      },
    });
  }

  #endListening(): void {
    this.#health.setLive(false);
  }

  /** What it says is in the cache by now. What remains to be known is whether the list has another row for it. */
  #onChange(job: JobChangedSubscription['asyncInvokeChanged']): void {
    const known = this.known();
    if (!known) return;
    const isListed = known.edges.some(({ node }) => node?.invocationArn === job.invocationArn);
    const wanted = matches(job, this.key.filter);
    if (wanted && !isListed && this.#isNewer(job.submitTime, known)) this.#nudge();
    else if (wanted !== isListed && this.key.filter.statusEquals) {
      this.#mustReread = true;
      clearTimeout(this.#linger);
      this.#linger = window.setTimeout(() => {
        this.#nudge(0);
      }, LINGER_MS);
    }
  }

  #isNewer(submitTime: string | null, { edges }: Connection): boolean {
    const newest = this.#arrivingEnd() === 'before' ? edges[0] : edges.at(-1);
    return (submitTime ?? '') >= (newest?.node?.submitTime ?? '');
  }

  /** Where new jobs come in: the newest first, at the top. */
  #arrivingEnd(): Direction {
    return this.key.orderBy.direction === 'ASC' ? 'after' : 'before';
  }

  #setReading(direction: Direction, isReading: boolean): void {
    const state = this.get();
    this.set({ ...state, reading: { ...state.reading, [direction]: isReading } });
  }
}

function hasMore({ pageInfo }: Connection, direction: Direction): boolean {
  return direction === 'after' ? pageInfo.hasNextPage : pageInfo.hasPreviousPage;
}

function matches(
  { status, submitTime }: JobChangedSubscription['asyncInvokeChanged'],
  { statusEquals, submitTimeAfter, submitTimeBefore }: AsyncInvokeFilter,
): boolean {
  if (statusEquals && status !== statusEquals) return false;
  const at = Date.parse(submitTime ?? '');
  if (submitTimeAfter && !(at > Date.parse(submitTimeAfter))) return false;
  return !(submitTimeBefore && !(at < Date.parse(submitTimeBefore)));
}
