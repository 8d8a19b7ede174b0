import { UpstreamError } from '../upstream-error.ts';
import { TieBuffer } from './tie-buffer.ts';
import type { InvocationStatus } from '../invocation.ts';
import { reverseDirection } from './position.ts';
import type { TieGroup } from './tie-group.ts';
import type { CallContext, InvocationSource, ReadOrder, ListAsyncInvokesPage } from '../source.ts';
import {
  windowContains,
  narrowWindow,
  type SubmitTimeWindow,
  widenWindow,
} from './submit-time-window.ts';

export interface SourceQuery extends ReadOrder {
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
export interface SourceCheckpoint {
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
export class SourceReader {
  readonly #source: InvocationSource;
  readonly #query: SourceQuery;
  readonly #buffer: TieBuffer;
  readonly #tokens = new Set<string>();
  #since: number | null;
  #token: string | undefined;
  /** The token to read again from: the one that brought the oldest row in hand, or else the last page. */
  #restartToken: string | undefined;
  #isExhausted = false;
  #lastPageWasEmpty = false;
  #nextPageSize = 1;

  constructor(source: InvocationSource, query: SourceQuery) {
    this.#source = source;
    this.#query = query;
    this.#since = query.since;
    this.#token = query.token;
    this.#buffer = new TieBuffer(query, (time) => windowContains(query.window, time));
  }

  get key(): string {
    return this.#source.key;
  }

  /** The next group, once it is known to be complete. */
  get first(): TieGroup | undefined {
    return this.#buffer.first;
  }

  /** A group of which more rows may still come. */
  get incomplete(): TieGroup | undefined {
    return this.#buffer.incomplete;
  }

  /** Whether the next group cannot be told without another call. */
  get needsPage(): boolean {
    return !this.#isExhausted && this.first === undefined;
  }

  /** How another request reads on from here, seeing again what is in hand; undefined: from the very place it is at. */
  get checkpoint(): SourceCheckpoint | undefined {
    const token = this.#buffer.isEmpty && !this.#isExhausted ? this.#token : this.#restartToken;
    return token === undefined ? undefined : { since: this.#since, token };
  }

  /** Whether reading got further than what an earlier request knew. */
  get hasAdvanced(): boolean {
    return this.checkpoint !== undefined && this.checkpoint.token !== this.#query.token;
  }

  shift(): TieGroup | undefined {
    return this.#buffer.shift();
  }

  /**
   * Takes the pending group for complete when a page without rows followed it, for a reader who has to stop here. To
   * wait for proof could take more empty pages than any one request may read, for ever.
   */
  acceptPartial(): void {
    if (this.#lastPageWasEmpty) this.#buffer.markComplete();
  }

  /** Reads one page. `wanted` is how many rows the reader still needs. */
  async readNextPage(rowsNeeded: number, call: CallContext): Promise<void> {
    const bounds = this.#window();
    const near = this.#query.direction === 'ASC' ? bounds.after : bounds.before;
    const edge = near === undefined && this.#token === undefined ? 0 : EDGE_ROWS;
    const maxResults = Math.min(Math.max(rowsNeeded + edge, this.#nextPageSize), MAX_RESULTS);
    const page = await this.#list(bounds, maxResults, call);
    if (page) this.#append(page, maxResults);
    else this.#restart();
  }

  /** The window to ask for: the caller's, as far as it lies between where reading starts and may stop. */
  #window(): SubmitTimeWindow {
    const { direction, window, until } = this.#query;
    return widenWindow(
      narrowWindow(
        narrowWindow(window, this.#since, direction),
        until,
        reverseDirection(direction),
      ),
    );
  }

  /** Undefined when the upstream refused the token. */
  async #list(
    bounds: SubmitTimeWindow,
    maxResults: number,
    call: CallContext,
  ): Promise<ListAsyncInvokesPage | undefined> {
    const { direction, statusEquals } = this.#query;
    const nextToken = this.#token;
    try {
      return await this.#source.list(
        {
          direction: direction,
          maxResults,
          statusEquals,
          submitTimeAfter: bounds.after,
          submitTimeBefore: bounds.before,
          nextToken,
        },
        call,
      );
    } catch (error) {
      if (nextToken !== undefined && error instanceof UpstreamError && error.kind === 'invalid') {
        return undefined;
      }
      throw error;
    }
  }

  #append({ rows, nextToken }: ListAsyncInvokesPage, asked: number): void {
    if (this.#buffer.isEmpty) this.#restartToken = this.#token;
    this.#buffer.add(rows);
    this.#lastPageWasEmpty = rows.length === 0;
    // A short page that is not the last means that rows are rare here: ask for more at a time.
    this.#nextPageSize = rows.length < asked ? asked * 2 : 1;
    this.#token = nextToken;
    this.#isExhausted = nextToken === undefined;
    if (nextToken === undefined) this.#buffer.end();
    else if (this.#tokens.has(nextToken))
      throw new UpstreamError('invalid_response', 'a page token came twice');
    else this.#tokens.add(nextToken);
  }

  #restart(): void {
    this.#token = undefined;
    this.#restartToken = undefined;
    this.#buffer.dropIncomplete();
    this.#since = this.#buffer.lastComplete ?? this.#query.since;
    this.#nextPageSize = MAX_RESULTS;
  }
}
