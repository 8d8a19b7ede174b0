import type { InvocationSource, ReadOrder } from '../source.ts';
import type { PageRequest, PageResult, SearchState } from './page-request.ts';
import { comparePositions, type Position, reverseDirection } from './position.ts';
import { type SourceCheckpoint, SourceReader } from './source-reader.ts';
import {
  compareGroups,
  mergeGroups,
  type PositionedRow,
  positionRows,
  type TieGroup,
} from './tie-group.ts';

/** The bounds of a page in reading order, both exclusive, and the search to continue. */
export interface Bounds {
  readonly start?: Position | undefined;
  readonly end?: Position | undefined;
  readonly searchState?: SearchState | undefined;
}

/** Collects the rows of one page, group by group, from the readers of all sources. */
export class PageReader {
  readonly #request: PageRequest;
  readonly #bounds: Bounds;
  readonly #order: ReadOrder;
  readonly #readers: readonly SourceReader[];
  readonly #rows: PositionedRow[] = [];
  /** Set once all rows of the range have been read. */
  #isExhausted = false;

  constructor(sources: readonly InvocationSource[], request: PageRequest, bounds: Bounds) {
    const { direction, from, statusEquals, window } = request;
    this.#request = request;
    this.#bounds = bounds;
    this.#order = { from, direction: from === 'start' ? direction : reverseDirection(direction) };
    const { searchState } = bounds;
    const checkpoints = searchState?.from === from ? searchState.checkpoints : {};
    const { since, until } = submitTimes(bounds, from);
    this.#readers = sources.map(
      (source) =>
        new SourceReader(source, {
          ...this.#order,
          statusEquals,
          window,
          until,
          ...(checkpoints[source.key] ?? { since }),
        }),
    );
  }

  /** Number of rows that are missing to fill the page and to know whether one more follows. */
  get rowsNeeded(): number {
    return this.#request.limit + 1 - this.#rows.length;
  }

  get isDone(): boolean {
    if (this.#isExhausted || this.rowsNeeded <= 0) return true;
    return this.rowsNeeded === 1 && this.#hasBufferedRow();
  }

  /** Returns the readers that need another page before the next group is complete. */
  sourcesToRead(): SourceReader[] {
    return this.#readers.filter((reader) => reader.needsPage);
  }

  /** Moves the next group into the page, merged over all sources with rows of its submit time. */
  consumeGroup(): void {
    const next = this.#nextGroup();
    if (!next) {
      this.#isExhausted = true;
      return;
    }
    const groups: TieGroup[] = [];
    for (const reader of this.#readers) {
      const { first } = reader;
      if (!first || compareGroups(first, next, this.#order) !== 0) continue;
      groups.push(first);
      reader.shift();
    }
    const rows = positionRows(mergeGroups(groups), this.#request.direction);
    for (const row of this.#order.from === 'start' ? rows : rows.reverse()) this.#append(row);
  }

  /**
   * Finishes the page with the rows read so far. Accepts groups that may be incomplete only when
   * there is nothing else. Returns false when there is no progress to report: no row for the page
   * and no search that got further. Then reading must continue.
   */
  acceptPartial(): boolean {
    if (this.#hasProgress()) return true;
    for (const reader of this.sourcesToRead()) reader.acceptPartial();
    while (!this.isDone && this.sourcesToRead().length === 0) this.consumeGroup();
    return this.isDone || this.#hasProgress();
  }

  page(): PageResult {
    const { limit, from } = this.#request;
    const rows = this.#rows.slice(0, limit);
    if (from === 'end') rows.reverse();
    const hasMore = !this.#isExhausted || this.#rows.length > limit;
    const checkpoints = this.isDone ? [] : this.#checkpoints();
    if (checkpoints.length === 0) return { rows, hasMore };
    return { rows, hasMore, searchState: { from, checkpoints: Object.fromEntries(checkpoints) } };
  }

  #hasProgress(): boolean {
    return this.#rows.length > 0 || this.#readers.some(({ hasAdvanced }) => hasAdvanced);
  }

  #nextGroup(): TieGroup | undefined {
    let next: TieGroup | undefined;
    for (const { first } of this.#readers) {
      if (first && (!next || compareGroups(first, next, this.#order) < 0)) next = first;
    }
    return next;
  }

  #append(row: PositionedRow): void {
    const { start, end } = this.#bounds;
    const last = this.#rows.at(-1)?.position ?? start;
    if (!this.#isBefore(row.position, end)) this.#isExhausted = true;
    else if (this.#isAfter(row.position, last)) this.#rows.push(row);
  }

  /** Whether a row of the range has been read but is not in the page yet. */
  #hasBufferedRow(): boolean {
    const groups = this.#readers.flatMap(({ first, incomplete }) => [first, incomplete]);
    return groups.some((group) => {
      const rows = group ? positionRows(group, this.#request.direction) : [];
      const { start, end } = this.#bounds;
      return rows.some(
        ({ position }) => this.#isAfter(position, start) && this.#isBefore(position, end),
      );
    });
  }

  #checkpoints(): [string, SourceCheckpoint][] {
    return this.#readers.flatMap(({ key, checkpoint }): [string, SourceCheckpoint][] =>
      checkpoint ? [[key, checkpoint]] : [],
    );
  }

  #isAfter(position: Position, bound: Position | undefined): boolean {
    return bound === undefined || this.#compare(position, bound) > 0;
  }

  #isBefore(position: Position, bound: Position | undefined): boolean {
    return bound === undefined || this.#compare(position, bound) < 0;
  }

  /** Compares in reading order. */
  #compare(a: Position, b: Position): number {
    const difference = comparePositions(a, b, this.#request.direction);
    return this.#order.from === 'start' ? difference : -difference;
  }
}

/** Returns the submit times at which reading starts and may stop. Null is the end of all rows. */
function submitTimes({ start, end }: Bounds, from: 'start' | 'end') {
  // A row without a readable submit time may have been submitted at any time past that of its
  // position. So that time bounds the rows after it, but not the rows before it.
  const [first, last] = from === 'start' ? [start, end] : [end, start];
  const firstTime = first?.submitTime ?? null;
  const lastTime = last?.offset === 0 ? last.submitTime : null;
  return from === 'start'
    ? { since: firstTime, until: lastTime }
    : { since: lastTime, until: firstTime };
}
