import type { InvocationStatus } from '../invocation.ts';
import type { CallContext, InvocationSource, ListAsyncInvokesPage, ReadOrder } from '../source.ts';
import { UpstreamError } from '../upstream-error.ts';
import { reverseDirection } from './position.ts';
import {
  narrowWindow,
  type SubmitTimeWindow,
  widenWindow,
  windowContains,
} from './submit-time-window.ts';
import { TieBuffer } from './tie-buffer.ts';
import type { TieGroup } from './tie-group.ts';

export interface SourceQuery extends ReadOrder {
  readonly statusEquals?: InvocationStatus | undefined;
  /** The window of the request. Rows outside are dropped. */
  readonly window: SubmitTimeWindow;
  /** The submit times at which reading starts and may stop. Null is the end of all rows. */
  readonly since: number | null;
  readonly until: number | null;
  /** The page token at which an earlier search from `since` stopped. */
  readonly token?: string | undefined;
}

/** Where to continue a search. */
export interface SourceCheckpoint {
  /** The submit time that the window of the upstream query starts at. The token belongs to it. */
  readonly since: number | null;
  /** The upstream's page token. */
  readonly token: string;
}

const MAX_RESULTS = 1000;

/** Extra rows to request, because a widened window includes rows before the start of reading. */
const EDGE_ROWS = 10;

/**
 * Reads one source page by page and returns its rows in groups of equal submit time.
 *
 * Page tokens expire after an undocumented time. When the upstream rejects one, reading restarts
 * after the last complete group. A token that the upstream returns twice is an error, because
 * reading would never end.
 */
export class SourceReader {
  readonly #source: InvocationSource;
  readonly #query: SourceQuery;
  readonly #buffer: TieBuffer;
  readonly #tokens = new Set<string>();
  #since: number | null;
  #token: string | undefined;
  /** The token of the page that the oldest buffered row came from, or else of the last page. */
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

  /** The next group, once it is complete. */
  get first(): TieGroup | undefined {
    return this.#buffer.first;
  }

  /** The last group read, while more of its rows may follow. */
  get incomplete(): TieGroup | undefined {
    return this.#buffer.incomplete;
  }

  /** Whether another page must be read before the next group is complete. */
  get needsPage(): boolean {
    return !this.#isExhausted && this.first === undefined;
  }

  /**
   * Where another request continues. It reads the buffered rows again. Undefined when there is no
   * token to continue from: then the next request starts at the position of its cursor.
   */
  get checkpoint(): SourceCheckpoint | undefined {
    const token = this.#buffer.isEmpty && !this.#isExhausted ? this.#token : this.#restartToken;
    return token === undefined ? undefined : { since: this.#since, token };
  }

  /** Whether reading got further than the token of the request. */
  get hasAdvanced(): boolean {
    return this.checkpoint !== undefined && this.checkpoint.token !== this.#query.token;
  }

  shift(): TieGroup | undefined {
    return this.#buffer.shift();
  }

  /**
   * Treats the incomplete group as complete when an empty page followed it. Called when the call
   * budget is exhausted: a proof could take more empty pages than any single request may read.
   */
  acceptPartial(): void {
    if (this.#lastPageWasEmpty) this.#buffer.markComplete();
  }

  /** Reads one page. `rowsNeeded` is the number of rows that are still missing. */
  async readNextPage(rowsNeeded: number, call: CallContext): Promise<void> {
    const window = this.#window();
    const start = this.#query.direction === 'ASC' ? window.after : window.before;
    const extraRows = start === undefined && this.#token === undefined ? 0 : EDGE_ROWS;
    const maxResults = Math.min(Math.max(rowsNeeded + extraRows, this.#nextPageSize), MAX_RESULTS);
    const page = await this.#list(window, maxResults, call);
    if (page) this.#append(page, maxResults);
    else this.#restart();
  }

  /** Returns the window of the upstream query: the caller's window, cut to the unread range. */
  #window(): SubmitTimeWindow {
    const { direction, window, until } = this.#query;
    const fromStart = narrowWindow(window, this.#since, direction);
    return widenWindow(narrowWindow(fromStart, until, reverseDirection(direction)));
  }

  /** Returns undefined when the upstream rejects the page token. */
  async #list(
    window: SubmitTimeWindow,
    maxResults: number,
    call: CallContext,
  ): Promise<ListAsyncInvokesPage | undefined> {
    const { direction, statusEquals } = this.#query;
    const nextToken = this.#token;
    try {
      return await this.#source.list(
        {
          direction,
          maxResults,
          statusEquals,
          submitTimeAfter: window.after,
          submitTimeBefore: window.before,
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

  #append({ rows, nextToken }: ListAsyncInvokesPage, requestedRows: number): void {
    if (this.#buffer.isEmpty) this.#restartToken = this.#token;
    this.#buffer.add(rows);
    this.#lastPageWasEmpty = rows.length === 0;
    // A short page that is not the last means that matching rows are rare: request more at a time.
    this.#nextPageSize = rows.length < requestedRows ? requestedRows * 2 : 1;
    this.#token = nextToken;
    this.#isExhausted = nextToken === undefined;
    if (nextToken === undefined) this.#buffer.end();
    else if (this.#tokens.has(nextToken)) {
      throw new UpstreamError('invalid_response', 'the upstream returned a page token twice');
    } else this.#tokens.add(nextToken);
  }

  #restart(): void {
    this.#token = undefined;
    this.#restartToken = undefined;
    this.#buffer.dropIncomplete();
    this.#since = this.#buffer.lastComplete ?? this.#query.since;
    this.#nextPageSize = MAX_RESULTS;
  }
}
