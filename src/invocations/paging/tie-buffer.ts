import type { Invocation } from '../invocation.ts';
import { compareGroups, type TieGroup } from './tie-group.ts';
import type { ReadOrder } from '../source.ts';

/** A group while rows are still being added to it. */
interface MutableTieGroup extends TieGroup {
  readonly rows: Invocation[];
  readonly unplacedRows: (Invocation | null)[];
}

type TimedInvocation = Invocation & { readonly submitTime: number };

/**
 * Gathers rows into groups of equal submit time, in reading order. The last group is pending: a later row may still
 * belong to it. A row that the upstream sends out of order goes where it belongs, as long as that is still in hand.
 */
export class TieBuffer {
  readonly #order: ReadOrder;
  readonly #accepts: (submitTime: number) => boolean;
  #groups: MutableTieGroup[] = [];
  #isComplete = false;
  /** The last complete group: where reading starts again when a token is refused. */
  #lastComplete: TieGroup | undefined;
  /** Set when reading has started again: whatever is not past this group is old. */
  #alreadyReadThrough: TieGroup | undefined;
  /** The submit time of the row before, which rows without a place follow; undefined where that row was not wanted. */
  #currentTime: number | null | undefined = null;
  /** Reading backward, rows without a place wait for the row that they follow in the connection. */
  #unplacedRows: (Invocation | null)[] = [];

  constructor(order: ReadOrder, accepts: (submitTime: number) => boolean) {
    this.#order = order;
    this.#accepts = accepts;
  }

  get first(): TieGroup | undefined {
    return this.#isComplete || this.#groups.length > 1 ? this.#groups[0] : undefined;
  }

  get incomplete(): TieGroup | undefined {
    return this.#isComplete ? undefined : this.#groups.at(-1);
  }

  get isEmpty(): boolean {
    return this.#groups.length === 0 && this.#unplacedRows.length === 0;
  }

  /** The submit time of the last complete group; undefined before there is one. */
  get lastComplete(): number | null | undefined {
    return this.#lastComplete?.submitTime;
  }

  add(rows: readonly (Invocation | null)[]): void {
    this.#isComplete = false;
    for (const row of rows) {
      if (isTimed(row)) this.#addRow(row);
      else if (this.#order.from === 'end') this.#unplacedRows.unshift(row);
      else if (this.#currentTime !== undefined)
        this.#groupOf(this.#currentTime).unplacedRows.push(row);
    }
    this.#lastComplete = this.#groups.at(-2) ?? this.#lastComplete;
  }

  /** No more rows will come. */
  end(): void {
    if (this.#unplacedRows.length > 0) {
      this.#groups.push({ submitTime: null, rows: [], unplacedRows: this.#unplacedRows });
      this.#unplacedRows = [];
    }
    this.markComplete();
  }

  /** Takes the pending group for complete. */
  markComplete(): void {
    this.#isComplete = true;
    this.#lastComplete = this.#groups.at(-1) ?? this.#lastComplete;
  }

  /** Forgets what was not complete, because it will be read again. */
  dropIncomplete(): void {
    if (!this.#isComplete) this.#groups.pop();
    this.#isComplete = true;
    this.#unplacedRows = [];
    this.#alreadyReadThrough = this.#lastComplete;
    this.#currentTime = this.#lastComplete ? undefined : null;
  }

  shift(): TieGroup | undefined {
    return this.first && this.#groups.shift();
  }

  #addRow(row: TimedInvocation): void {
    const wanted = this.#isWanted(row.submitTime);
    this.#currentTime = wanted ? row.submitTime : undefined;
    if (wanted) {
      const group = this.#groupOf(row.submitTime);
      group.rows.push(row);
      group.unplacedRows.unshift(...this.#unplacedRows);
    }
    this.#unplacedRows = [];
  }

  #isWanted(submitTime: number): boolean {
    const old =
      this.#alreadyReadThrough &&
      compareGroups(newGroup(submitTime), this.#alreadyReadThrough, this.#order) <= 0;
    return !old && this.#accepts(submitTime);
  }

  /** The group of this time, made where it belongs if there is none. */
  #groupOf(submitTime: number | null): MutableTieGroup {
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

function newGroup(submitTime: number | null): MutableTieGroup {
  return { submitTime, rows: [], unplacedRows: [] };
}

function isTimed(row: Invocation | null): row is TimedInvocation {
  return row !== null && row.submitTime !== null;
}
