import { comparePositions, type Position, reverseDirection } from './position.ts';
import {
  compareGroups,
  mergeGroups,
  type PositionedRow,
  positionRows,
  type TieGroup,
} from './tie-group.ts';
import type { InvocationSource, ReadOrder } from '../source.ts';
import { type SourceCheckpoint, SourceReader } from './source-reader.ts';
import type { SearchState, PageResult, PageRequest } from './read-page.ts';

/** The bounds of a walk in reading order, both exclusive, and the search that it carries on. */
export interface Bounds {
  readonly start?: Position | undefined;
  readonly end?: Position | undefined;
  readonly searchState?: SearchState | undefined;
}

/** The rows of one page, taken group by group from the streams of all sources. */
export class PageReader {
  readonly #request: PageRequest;
  readonly #bounds: Bounds;
  readonly #order: ReadOrder;
  readonly #readers: readonly SourceReader[];
  readonly #rows: PositionedRow[] = [];
  /** Set once the range holds no more rows than were read. */
  #isExhausted = false;

  constructor(sources: readonly InvocationSource[], request: PageRequest, range: Bounds) {
    const { direction, from, statusEquals, window } = request;
    this.#request = request;
    this.#bounds = range;
    this.#order = { from, direction: from === 'start' ? direction : reverseDirection(direction) };
    // Rows without a place follow one and lie further on in time: seen from behind, its time says nothing of theirs.
    const [first, last] = from === 'start' ? [range.start, range.end] : [range.end, range.start];
    const start = first?.submitTime ?? null;
    const end = last?.offset === 0 ? last.submitTime : null;
    const [since, until] = from === 'start' ? [start, end] : [end, start];
    const checkpoints = range.searchState?.from === from ? range.searchState.checkpoints : {};
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

  /** How many rows are still needed to fill the page and to know whether there is one more. */
  get rowsNeeded(): number {
    return this.#request.limit + 1 - this.#rows.length;
  }

  get isDone(): boolean {
    if (this.#isExhausted || this.rowsNeeded <= 0) return true;
    return this.rowsNeeded === 1 && this.#hasBufferedRow();
  }

  /** The streams that must be read before the next group can be told. */
  sourcesToRead(): SourceReader[] {
    return this.#readers.filter((stream) => stream.needsPage);
  }

  /** Moves the next group, merged over the sources that have rows of its submit time, into the page. */
  consumeGroup(): void {
    const next = this.#nextGroup();
    if (!next) {
      this.#isExhausted = true;
      return;
    }
    const groups: TieGroup[] = [];
    for (const stream of this.#readers) {
      const { first } = stream;
      if (!first || compareGroups(first, next, this.#order) !== 0) continue;
      groups.push(first);
      stream.shift();
    }
    const rows = positionRows(mergeGroups(groups), this.#request.direction);
    for (const row of this.#order.from === 'start' ? rows : rows.reverse()) this.#append(row);
  }

  /**
   * Makes do with what was read, and only if need be with groups that may not be whole. Says whether that gets somewhere: rows for the page, or a search that is further on. If
   * not, reading has to continue.
   */
  acceptPartial(): boolean {
    if (this.#hasProgress()) return true;
    for (const stream of this.sourcesToRead()) stream.acceptPartial();
    while (!this.isDone && this.sourcesToRead().length === 0) this.consumeGroup();
    return this.isDone || this.#hasProgress();
  }

  page(): PageResult {
    const { limit, from } = this.#request;
    const rows = this.#rows.slice(0, limit);
    if (from === 'end') rows.reverse();
    const more = !this.#isExhausted || this.#rows.length > limit;
    const checkpoints = this.isDone ? [] : this.#checkpoints();
    if (checkpoints.length === 0) return { rows, more };
    return { rows, more, searchState: { from, checkpoints: Object.fromEntries(checkpoints) } };
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
    if (!this.#isBefore(row.position, this.#bounds.end)) this.#isExhausted = true;
    else if (this.#isAfter(row.position, this.#rows.at(-1)?.position ?? this.#bounds.start)) {
      this.#rows.push(row);
    }
  }

  /** Whether a row of the range has been read that is not in the page yet. */
  #hasBufferedRow(): boolean {
    const groups = this.#readers.flatMap(({ first, incomplete }) => [first, incomplete]);
    return groups.some((group) => {
      const rows = group ? positionRows(group, this.#request.direction) : [];
      return rows.some(
        ({ position }) =>
          this.#isAfter(position, this.#bounds.start) && this.#isBefore(position, this.#bounds.end),
      );
    });
  }

  #checkpoints(): [string, SourceCheckpoint][] {
    return this.#readers.flatMap(({ key, checkpoint }): [string, SourceCheckpoint][] =>
      checkpoint ? [[key, checkpoint]] : [],
    );
  }

  /** In reading order. */
  #isAfter(place: Position, bound: Position | undefined): boolean {
    return bound === undefined || this.#compare(place, bound) > 0;
  }

  #isBefore(place: Position, bound: Position | undefined): boolean {
    return bound === undefined || this.#compare(place, bound) < 0;
  }

  #compare(a: Position, b: Position): number {
    const difference = comparePositions(a, b, this.#request.direction);
    return this.#order.from === 'start' ? difference : -difference;
  }
}
