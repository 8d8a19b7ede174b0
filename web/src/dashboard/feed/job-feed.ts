import type { ApolloClient } from '@apollo/client';
import { JobChangedDocument } from '../__generated__/graphql.ts';
import { backoffMs } from './backoff.ts';
import { isInvalidCursor } from './connection-problem.ts';
import type { ConnectionStatus } from './connection-status.ts';
import {
  type Direction,
  hasMore,
  type JobConnection,
  JobPages,
  type ListKey,
} from './job-pages.ts';
import { type ChangedJob, matchesFilter } from './matches-filter.ts';
import { listenToPage } from './page-events.ts';
import { Store } from './store.ts';

export interface FeedState {
  /** Whether the first page is loaded. */
  readonly isReady: boolean;
  /** Whether a page is loading at each end of the list. */
  readonly loading: Readonly<Record<Direction, boolean>>;
  /** The number of new jobs that the user has not seen. */
  readonly newCount: number;
  /** Whether the cursor in the URL did not belong to this list. */
  readonly hasInvalidCursor: boolean;
}

/** While the subscription is connected, a slow refresh only confirms that nothing was missed. */
const LIVE_REFRESH_MS = 15_000;
const POLL_INTERVAL_MS = 5000;
/** Changes arrive in bursts, so that one refresh covers several of them. */
const DEBOUNCE_MS = 250;
/** Shows the change of a row that no longer matches before the row is removed. */
const REMOVAL_DELAY_MS = 4000;

/**
 * Keeps one list in the Apollo cache up to date: it refreshes on a timer, subscribes to changes,
 * and catches up after a problem. Components read the list from the cache.
 */
export class JobFeed extends Store<FeedState> {
  readonly #client: ApolloClient;
  readonly #connectionStatus: ConnectionStatus;
  readonly #pages: JobPages;
  #startCursor: string | undefined;
  #timer: number | undefined;
  #removalTimer: number | undefined;
  #isRefreshing = false;
  #isStopped = false;
  #failures = 0;
  #needsReload = false;
  #subscription: { unsubscribe(): void } | undefined;
  #removeListeners: (() => void) | undefined;

  constructor(
    client: ApolloClient,
    connectionStatus: ConnectionStatus,
    key: ListKey,
    startCursor: string | undefined,
  ) {
    super({
      isReady: false,
      loading: { after: false, before: false },
      newCount: 0,
      hasInvalidCursor: false,
    });
    this.#client = client;
    this.#connectionStatus = connectionStatus;
    this.#pages = new JobPages(client, key);
    this.#startCursor = startCursor;
  }

  get key(): ListKey {
    return this.#pages.key;
  }

  /** Starts to load and follow the list. Returns a function that stops it. */
  start(): () => void {
    const removePageListeners = listenToPage({
      onWake: () => void this.refresh(),
      onOffline: () => {
        this.#connectionStatus.setOffline();
      },
    });
    const unsubscribeStatus = this.#refreshOnReconnect();
    this.#removeListeners = () => {
      unsubscribeStatus();
      removePageListeners();
    };
    this.#isStopped = false;
    void this.refresh();
    return () => {
      this.#stop();
    };
  }

  #refreshOnReconnect(): () => void {
    let wasLive = this.#connectionStatus.get().isLive;
    return this.#connectionStatus.subscribe(() => {
      const { isLive } = this.#connectionStatus.get();
      if (isLive && !wasLive) this.#scheduleRefresh();
      wasLive = isLive;
    });
  }

  #stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#removalTimer);
    this.#removeListeners?.();
    this.#subscription?.unsubscribe();
    this.#subscription = undefined;
  }

  markSeen(): void {
    if (this.get().newCount > 0) this.set({ ...this.get(), newCount: 0 });
  }

  /** Loads the next page at one end. Does nothing while there is a problem. */
  async loadMore(direction: Direction): Promise<void> {
    const current = this.#pages.current();
    if (!current || this.get().loading[direction] || this.#connectionStatus.get().problem) return;
    this.#setLoading(direction, true);
    try {
      await this.#pages.loadMore(direction, current);
    } catch (error) {
      this.#onLoadError(error);
    } finally {
      this.#setLoading(direction, false);
    }
  }

  /** Loads what is new, updates the connection status, and schedules the next refresh. */
  async refresh(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#isRefreshing || this.#isStopped || document.hidden) return;
    this.#isRefreshing = true;
    try {
      if (this.get().isReady) await this.#syncNewest();
      else await this.#loadFirst();
      this.#failures = 0;
      this.#connectionStatus.onSuccess();
      this.#subscribe();
    } catch (error) {
      if (!this.#wasStopped()) this.#connectionStatus.onError(error);
      this.#failures += 1;
    }
    this.#isRefreshing = false;
    if (!this.#wasStopped()) this.#scheduleNext();
  }

  /** Reads the flag anew: it may have changed during an `await`, which TypeScript cannot know. */
  #wasStopped(): boolean {
    return this.#isStopped;
  }

  #onLoadError(error: unknown): void {
    if (this.#isStopped) return;
    this.#failures += 1;
    this.#connectionStatus.onError(error);
    this.#scheduleNext();
  }

  #scheduleNext(): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.refresh(), this.#refreshDelay());
  }

  #refreshDelay(): number {
    const { problem, isLive } = this.#connectionStatus.get();
    if (!problem) return isLive ? LIVE_REFRESH_MS : POLL_INTERVAL_MS;
    return Math.max(problem.retryAfterMs ?? 0, backoffMs(this.#failures));
  }

  #scheduleRefresh(delayMs = DEBOUNCE_MS): void {
    if (this.#isStopped || this.#connectionStatus.get().problem) return;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.refresh(), delayMs);
  }

  async #loadFirst(): Promise<void> {
    try {
      await this.#pages.loadFirst(this.#startCursor);
    } catch (error) {
      if (this.#startCursor === undefined || !isInvalidCursor(error)) throw error;
      this.#startCursor = undefined;
      await this.#pages.loadFirst(undefined);
      this.set({ ...this.get(), hasInvalidCursor: true });
    }
    this.set({ ...this.get(), isReady: true });
  }

  async #syncNewest(): Promise<void> {
    const { isLive } = this.#connectionStatus.get();
    const current = this.#pages.current();
    const reachesEnd = current && !hasMore(current, this.#pages.growingEnd);
    if (!reachesEnd || !isLive) await this.#pages.refreshNewest();
    if (!reachesEnd) return;
    const hasStatusFilter = this.key.filter.statusEquals !== undefined;
    if (this.#needsReload || (hasStatusFilter && !isLive)) await this.#pages.reload(current);
    this.#needsReload = false;
    await this.#pages.loadNew((count) => {
      this.set({ ...this.get(), newCount: this.get().newCount + count });
    });
  }

  /** Subscribes after the first success, so that no connection is opened without permission. */
  #subscribe(): void {
    const onEnd = () => {
      this.#connectionStatus.setLive(false);
    };
    this.#subscription ??= this.#client.subscribe({ query: JobChangedDocument }).subscribe({
      next: ({ data, error }) => {
        if (data) this.#onChange(data.asyncInvokeChanged);
        else if (error) onEnd();
      },
      error: onEnd,
    });
  }

  /** The cache has the change already. This decides whether the list gains or loses a row. */
  #onChange(job: ChangedJob): void {
    const current = this.#pages.current();
    if (!current) return;
    const isListed = current.edges.some(({ node }) => node?.invocationArn === job.invocationArn);
    const isMatch = matchesFilter(job, this.key.filter);
    if (isMatch && !isListed && this.#isNewest(job.submitTime, current)) this.#scheduleRefresh();
    else if (isMatch !== isListed && this.key.filter.statusEquals) {
      this.#needsReload = true;
      clearTimeout(this.#removalTimer);
      this.#removalTimer = window.setTimeout(() => {
        this.#scheduleRefresh(0);
      }, REMOVAL_DELAY_MS);
    }
  }

  #isNewest(submitTime: string | null, { edges }: JobConnection): boolean {
    const newest = this.#pages.growingEnd === 'before' ? edges[0] : edges.at(-1);
    return (submitTime ?? '') >= (newest?.node?.submitTime ?? '');
  }

  #setLoading(direction: Direction, isLoading: boolean): void {
    const state = this.get();
    this.set({ ...state, loading: { ...state.loading, [direction]: isLoading } });
  }
}
