import type { Invocation } from './invocation.ts';
import { compareGroups, type RowGroup } from './row-group.ts';
import type { ReadingOrder } from './source.ts';

/** A group while rows are still being added to it. */
interface GrowingGroup extends RowGroup {
  readonly placed: Invocation[];
  readonly unplaced: (Invocation | null)[];
}

type PlacedInvocation = Invocation & { readonly submitTime: number };

/**
 * Gathers rows into groups of equal submit time, in reading order. The last group is pending: a later row may still
 * belong to it. A row that the upstream sends out of order goes where it belongs, as long as that is still in hand.
 */
export class GroupBuffer {
  readonly #order: ReadingOrder;
  readonly #accepts: (submitTime: number) => boolean;
  #groups: GrowingGroup[] = [];
  #allComplete = false;
  /** The last complete group: where reading starts again when a token is refused. */
  #mark: RowGroup | undefined;
  /** Set when reading has started again: whatever is not past this group is old. */
  #oldThrough: RowGroup | undefined;
  /** The submit time of the row before, which rows without a place follow; undefined where that row was not wanted. */
  #current: number | null | undefined = null;
  /** Reading backward, rows without a place wait for the row that they follow in the connection. */
  #waiting: (Invocation | null)[] = [];

  constructor(order: ReadingOrder, accepts: (submitTime: number) => boolean) {
    this.#order = order;
    this.#accepts = accepts;
  }

  get head(): RowGroup | undefined {
    return this.#allComplete || this.#groups.length > 1 ? this.#groups[0] : undefined;
  }

  get pending(): RowGroup | undefined {
    return this.#allComplete ? undefined : this.#groups.at(-1);
  }

  get isEmpty(): boolean {
    return this.#groups.length === 0 && this.#waiting.length === 0;
  }

  /** The submit time of the last complete group; undefined before there is one. */
  get mark(): number | null | undefined {
    return this.#mark?.submitTime;
  }

  add(rows: readonly (Invocation | null)[]): void {
    this.#allComplete = false;
    for (const row of rows) {
      if (isPlaced(row)) this.#place(row);
      else if (this.#order.from === 'end') this.#waiting.unshift(row);
      else if (this.#current !== undefined) this.#groupOf(this.#current).unplaced.push(row);
    }
    this.#mark = this.#groups.at(-2) ?? this.#mark;
  }

  /** No more rows will come. */
  end(): void {
    if (this.#waiting.length > 0) {
      this.#groups.push({ submitTime: null, placed: [], unplaced: this.#waiting });
      this.#waiting = [];
    }
    this.settle();
  }

  /** Takes the pending group for complete. */
  settle(): void {
    this.#allComplete = true;
    this.#mark = this.#groups.at(-1) ?? this.#mark;
  }

  /** Forgets what was not complete, because it will be read again. */
  rewind(): void {
    if (!this.#allComplete) this.#groups.pop();
    this.#allComplete = true;
    this.#waiting = [];
    this.#oldThrough = this.#mark;
    this.#current = this.#mark ? undefined : null;
  }

  take(): RowGroup | undefined {
    return this.head && this.#groups.shift();
  }

  #place(row: PlacedInvocation): void {
    const wanted = this.#isWanted(row.submitTime);
    this.#current = wanted ? row.submitTime : undefined;
    if (wanted) {
      const group = this.#groupOf(row.submitTime);
      group.placed.push(row);
      group.unplaced.unshift(...this.#waiting);
    }
    this.#waiting = [];
  }

  #isWanted(submitTime: number): boolean {
    const old =
      this.#oldThrough && compareGroups(newGroup(submitTime), this.#oldThrough, this.#order) <= 0;
    return !old && this.#accepts(submitTime);
  }

  /** The group of this time, made where it belongs if there is none. */
  #groupOf(submitTime: number | null): GrowingGroup {
    const group = newGroup(submitTime);
    let index = this.#groups.length;
    for (; index > 0; index -= 1) {
      const earlier = this.#groups[index - 1];
      if (!earlier) break;
      const difference = compareGroups(earlier, group, this.#order);
      if (difference === 0) return earlier;
      if (difference < 0) break;
    }
    if (index === this.#groups.length) this.#groups.push(group);
    else this.#groups.splice(index, 0, group);
    return group;
  }
}

function newGroup(submitTime: number | null): GrowingGroup {
  return { submitTime, placed: [], unplaced: [] };
}

function isPlaced(row: Invocation | null): row is PlacedInvocation {
  return row !== null && row.submitTime !== null;
}
