import type { Invocation } from '../invocation.ts';
import type { ReadOrder } from '../source.ts';
import { compareGroups, type TieGroup } from './tie-group.ts';

/** A group that rows are still added to. */
interface MutableTieGroup extends TieGroup {
  readonly rows: Invocation[];
  readonly unplacedRows: (Invocation | null)[];
}

type TimedInvocation = Invocation & { readonly submitTime: number };

/**
 * Collects rows into groups of equal submit time, in reading order. The last group is incomplete:
 * a later row may still belong to it. A row that the upstream sends out of order is moved to its
 * group, as long as that group is still in the buffer.
 */
export class TieBuffer {
  readonly #order: ReadOrder;
  readonly #accepts: (submitTime: number) => boolean;
  #groups: MutableTieGroup[] = [];
  #isComplete = false;
  /** The last complete group. Reading restarts after it when the upstream rejects a token. */
  #lastComplete: TieGroup | undefined;
  /** Set when reading has restarted: rows that are not past this group were read before. */
  #alreadyReadThrough: TieGroup | undefined;
  /** The submit time of the previous row, or undefined when that row was dropped. */
  #currentTime: number | null | undefined = null;
  /**
   * Unplaced rows follow the row before them in the order of the connection. Reading from the end,
   * they wait here for that row.
   */
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

  /** The submit time of the last complete group. Undefined before the first one. */
  get lastComplete(): number | null | undefined {
    return this.#lastComplete?.submitTime;
  }

  add(rows: readonly (Invocation | null)[]): void {
    this.#isComplete = false;
    for (const row of rows) {
      if (isTimed(row)) this.#addRow(row);
      else if (this.#order.from === 'end') this.#unplacedRows.unshift(row);
      else if (this.#currentTime !== undefined) {
        this.#groupOf(this.#currentTime).unplacedRows.push(row);
      }
    }
    this.#lastComplete = this.#groups.at(-2) ?? this.#lastComplete;
  }

  /** Called after the last page: no more rows will follow. */
  end(): void {
    if (this.#unplacedRows.length > 0) {
      this.#groups.push({ submitTime: null, rows: [], unplacedRows: this.#unplacedRows });
      this.#unplacedRows = [];
    }
    this.markComplete();
  }

  /** Treats the last group as complete. */
  markComplete(): void {
    this.#isComplete = true;
    this.#lastComplete = this.#groups.at(-1) ?? this.#lastComplete;
  }

  /** Drops the incomplete group, because its rows will be read again. */
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
    const isAccepted = this.#isAccepted(row.submitTime);
    this.#currentTime = isAccepted ? row.submitTime : undefined;
    if (isAccepted) {
      const group = this.#groupOf(row.submitTime);
      group.rows.push(row);
      group.unplacedRows.unshift(...this.#unplacedRows);
    }
    this.#unplacedRows = [];
  }

  #isAccepted(submitTime: number): boolean {
    const wasReadBefore =
      this.#alreadyReadThrough &&
      compareGroups(newGroup(submitTime), this.#alreadyReadThrough, this.#order) <= 0;
    return !wasReadBefore && this.#accepts(submitTime);
  }

  /** Returns the group of this submit time. Inserts a new one in reading order if needed. */
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
