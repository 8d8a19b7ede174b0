import { comparePlaces, type Place, reversed } from './place.ts';
import {
  compareGroups,
  mergeGroups,
  type PlacedRow,
  placeRows,
  type RowGroup,
} from './row-group.ts';
import type { InvocationSource, ReadingOrder } from './source.ts';
import { type Resumption, SourceStream } from './source-stream.ts';
import type { Scan, WalkPage, WalkRequest } from './walk.ts';

/** The bounds of a walk in reading order, both exclusive, and the search that it carries on. */
export interface Range {
  readonly near?: Place | undefined;
  readonly far?: Place | undefined;
  readonly scan?: Scan | undefined;
}

/** The rows of one page, taken group by group from the streams of all sources. */
export class RangeReader {
  readonly #request: WalkRequest;
  readonly #range: Range;
  readonly #order: ReadingOrder;
  readonly #streams: readonly SourceStream[];
  readonly #rows: PlacedRow[] = [];
  /** Set once the range holds no more rows than were read. */
  #over = false;

  constructor(sources: readonly InvocationSource[], request: WalkRequest, range: Range) {
    const { direction, from, statusEquals, window } = request;
    this.#request = request;
    this.#range = range;
    this.#order = { from, walk: from === 'start' ? direction : reversed(direction) };
    // Rows without a place follow one and lie further on in time: seen from behind, its time says nothing of theirs.
    const [first, last] = from === 'start' ? [range.near, range.far] : [range.far, range.near];
    const start = first?.submitTime ?? null;
    const end = last?.offset === 0 ? last.submitTime : null;
    const [since, until] = from === 'start' ? [start, end] : [end, start];
    const resumptions = range.scan?.from === from ? range.scan.resumptions : {};
    this.#streams = sources.map(
      (source) =>
        new SourceStream(source, {
          ...this.#order,
          statusEquals,
          window,
          until,
          ...(resumptions[source.key] ?? { since }),
        }),
    );
  }

  /** How many rows are still needed to fill the page and to know whether there is one more. */
  get wanted(): number {
    return this.#request.limit + 1 - this.#rows.length;
  }

  get done(): boolean {
    if (this.#over || this.wanted <= 0) return true;
    return this.wanted === 1 && this.#hasRowInHand();
  }

  /** The streams that must be read before the next group can be told. */
  starving(): SourceStream[] {
    return this.#streams.filter((stream) => stream.starving);
  }

  /** Moves the next group, merged over the sources that have rows of its submit time, into the page. */
  takeGroup(): void {
    const next = this.#nextHead();
    if (!next) {
      this.#over = true;
      return;
    }
    const groups: RowGroup[] = [];
    for (const stream of this.#streams) {
      const { head } = stream;
      if (!head || compareGroups(head, next, this.#order) !== 0) continue;
      groups.push(head);
      stream.take();
    }
    const rows = placeRows(mergeGroups(groups), this.#request.direction);
    for (const row of this.#order.from === 'start' ? rows : rows.reverse()) this.#emit(row);
  }

  /**
   * Makes do with what was read, and only if need be with groups that may not be whole. Says whether that gets somewhere: rows for the page, or a search that is further on. If
   * not, reading has to continue.
   */
  settle(): boolean {
    if (this.#getsSomewhere()) return true;
    for (const stream of this.starving()) stream.settle();
    while (!this.done && this.starving().length === 0) this.takeGroup();
    return this.done || this.#getsSomewhere();
  }

  page(): WalkPage {
    const { limit, from } = this.#request;
    const rows = this.#rows.slice(0, limit);
    if (from === 'end') rows.reverse();
    const more = !this.#over || this.#rows.length > limit;
    const resumptions = this.done ? [] : this.#resumptions();
    if (resumptions.length === 0) return { rows, more };
    return { rows, more, scan: { from, resumptions: Object.fromEntries(resumptions) } };
  }

  #getsSomewhere(): boolean {
    return this.#rows.length > 0 || this.#streams.some(({ advanced }) => advanced);
  }

  #nextHead(): RowGroup | undefined {
    let next: RowGroup | undefined;
    for (const { head } of this.#streams) {
      if (head && (!next || compareGroups(head, next, this.#order) < 0)) next = head;
    }
    return next;
  }

  #emit(row: PlacedRow): void {
    if (!this.#isBefore(row.place, this.#range.far)) this.#over = true;
    else if (this.#isAfter(row.place, this.#rows.at(-1)?.place ?? this.#range.near)) {
      this.#rows.push(row);
    }
  }

  /** Whether a row of the range has been read that is not in the page yet. */
  #hasRowInHand(): boolean {
    const groups = this.#streams.flatMap(({ head, pending }) => [head, pending]);
    return groups.some((group) => {
      const rows = group ? placeRows(group, this.#request.direction) : [];
      return rows.some(
        ({ place }) =>
          this.#isAfter(place, this.#range.near) && this.#isBefore(place, this.#range.far),
      );
    });
  }

  #resumptions(): [string, Resumption][] {
    return this.#streams.flatMap(({ key, resumption }): [string, Resumption][] =>
      resumption ? [[key, resumption]] : [],
    );
  }

  /** In reading order. */
  #isAfter(place: Place, bound: Place | undefined): boolean {
    return bound === undefined || this.#compare(place, bound) > 0;
  }

  #isBefore(place: Place, bound: Place | undefined): boolean {
    return bound === undefined || this.#compare(place, bound) < 0;
  }

  #compare(a: Place, b: Place): number {
    const difference = comparePlaces(a, b, this.#request.direction);
    return this.#order.from === 'start' ? difference : -difference;
  }
}
