import { Fault } from './fault.ts';
import { GroupBuffer } from './group-buffer.ts';
import type { InvocationStatus } from './invocation.ts';
import { reversed } from './place.ts';
import type { RowGroup } from './row-group.ts';
import type { Call, InvocationSource, ReadingOrder, SourcePage } from './source.ts';
import { contains, narrowed, type SubmitTimeWindow, widened } from './window.ts';

export interface StreamQuery extends ReadingOrder {
  readonly statusEquals?: InvocationStatus | undefined;
  /** What the caller asked for; rows outside are dropped. */
  readonly window: SubmitTimeWindow;
  /** The submit times at which reading starts and may stop; null is the very end on that side. */
  readonly since: number | null;
  readonly until: number | null;
  /** Where an earlier search from `since` had got to. */
  readonly token?: string | undefined;
}

/** How to go on with a search: the token, and the submit time from which its window was narrowed. */
export interface Resumption {
  readonly since: number | null;
  readonly token: string;
}

const MAX_RESULTS = 1000;

/** Rows to ask for on top, because a widened window shows some that lie before the place that reading starts at. */
const EDGE_ROWS = 10;

/**
 * One source, read page by page into groups of equal submit time.
 *
 * A token that the upstream refuses (they expire after a time that it does not tell) is no loss: reading starts again
 * after the last group that was complete. A token that comes twice would go on for ever and is a fault.
 */
export class SourceStream {
  readonly #source: InvocationSource;
  readonly #query: StreamQuery;
  readonly #buffer: GroupBuffer;
  readonly #tokens = new Set<string>();
  #since: number | null;
  #token: string | undefined;
  /** The token to read again from: the one that brought the oldest row in hand, or else the last page. */
  #anchor: string | undefined;
  #ended = false;
  #lastPageWasEmpty = false;
  #nextAsk = 1;

  constructor(source: InvocationSource, query: StreamQuery) {
    this.#source = source;
    this.#query = query;
    this.#since = query.since;
    this.#token = query.token;
    this.#buffer = new GroupBuffer(query, (time) => contains(query.window, time));
  }

  get key(): string {
    return this.#source.key;
  }

  /** The next group, once it is known to be complete. */
  get head(): RowGroup | undefined {
    return this.#buffer.head;
  }

  /** A group of which more rows may still come. */
  get pending(): RowGroup | undefined {
    return this.#buffer.pending;
  }

  /** Whether the next group cannot be told without another call. */
  get starving(): boolean {
    return !this.#ended && this.head === undefined;
  }

  /** How another request reads on from here, seeing again what is in hand; undefined: from the very place it is at. */
  get resumption(): Resumption | undefined {
    const token = this.#buffer.isEmpty && !this.#ended ? this.#token : this.#anchor;
    return token === undefined ? undefined : { since: this.#since, token };
  }

  /** Whether reading got further than what an earlier request knew. */
  get advanced(): boolean {
    return this.resumption !== undefined && this.resumption.token !== this.#query.token;
  }

  take(): RowGroup | undefined {
    return this.#buffer.take();
  }

  /**
   * Takes the pending group for complete when a page without rows followed it, for a reader who has to stop here. To
   * wait for proof could take more empty pages than any one request may read, for ever.
   */
  settle(): void {
    if (this.#lastPageWasEmpty) this.#buffer.settle();
  }

  /** Reads one page. `wanted` is how many rows the reader still needs. */
  async fill(wanted: number, call: Call): Promise<void> {
    const bounds = this.#bounds();
    const near = this.#query.walk === 'ASC' ? bounds.after : bounds.before;
    const edge = near === undefined && this.#token === undefined ? 0 : EDGE_ROWS;
    const maxResults = Math.min(Math.max(wanted + edge, this.#nextAsk), MAX_RESULTS);
    const page = await this.#list(bounds, maxResults, call);
    if (page) this.#accept(page, maxResults);
    else this.#restart();
  }

  /** The window to ask for: the caller's, as far as it lies between where reading starts and may stop. */
  #bounds(): SubmitTimeWindow {
    const { walk, window, until } = this.#query;
    return widened(narrowed(narrowed(window, this.#since, walk), until, reversed(walk)));
  }

  /** Undefined when the upstream refused the token. */
  async #list(
    bounds: SubmitTimeWindow,
    maxResults: number,
    call: Call,
  ): Promise<SourcePage | undefined> {
    const { walk, statusEquals } = this.#query;
    const nextToken = this.#token;
    try {
      return await this.#source.list(
        {
          direction: walk,
          maxResults,
          statusEquals,
          submitTimeAfter: bounds.after,
          submitTimeBefore: bounds.before,
          nextToken,
        },
        call,
      );
    } catch (error) {
      if (nextToken !== undefined && error instanceof Fault && error.kind === 'invalid') {
        return undefined;
      }
      throw error;
    }
  }

  #accept({ rows, nextToken }: SourcePage, asked: number): void {
    if (this.#buffer.isEmpty) this.#anchor = this.#token;
    this.#buffer.add(rows);
    this.#lastPageWasEmpty = rows.length === 0;
    // A short page that is not the last means that rows are rare here: ask for more at a time.
    this.#nextAsk = rows.length < asked ? asked * 2 : 1;
    this.#token = nextToken;
    this.#ended = nextToken === undefined;
    if (nextToken === undefined) this.#buffer.end();
    else if (this.#tokens.has(nextToken)) throw new Fault('unreadable', 'a page token came twice');
    else this.#tokens.add(nextToken);
  }

  #restart(): void {
    this.#token = undefined;
    this.#anchor = undefined;
    this.#buffer.rewind();
    this.#since = this.#buffer.mark ?? this.#query.since;
    this.#nextAsk = MAX_RESULTS;
  }
}
