import type { Invocation } from '../invocation.ts';
import type { Direction, ReadOrder } from '../source.ts';
import { comparePositions, type Position } from './position.ts';

/**
 * All rows of one submit time. The upstream does not define their order, so a group is only used
 * when it is complete, and is then sorted. Unplaced rows have no readable ARN or submit time. They
 * belong to the group before them in the order of the connection.
 */
export interface TieGroup {
  /** Null for the rows that come before every row with a submit time. */
  readonly submitTime: number | null;
  readonly rows: readonly Invocation[];
  readonly unplacedRows: readonly (Invocation | null)[];
}

export interface PositionedRow {
  readonly position: Position;
  readonly node: Invocation | null;
}

/** Merges groups of the same submit time that were read from several sources. */
export function mergeGroups(groups: readonly TieGroup[]): TieGroup {
  const [first] = groups;
  if (first && groups.length === 1) return first;
  return {
    submitTime: first?.submitTime ?? null,
    rows: groups.flatMap((group) => group.rows),
    unplacedRows: groups.flatMap((group) => group.unplacedRows),
  };
}

/** Returns the rows of a group with their positions, sorted and without duplicates. */
export function positionRows(group: TieGroup, direction: Direction): PositionedRow[] {
  const { submitTime } = group;
  const rows: PositionedRow[] = [];
  if (submitTime !== null) {
    for (const node of withoutDuplicates(group.rows)) {
      rows.push({ position: { submitTime, invocationArn: node.invocationArn, offset: 0 }, node });
    }
    if (rows.length > 1) rows.sort((a, b) => comparePositions(a.position, b.position, direction));
  }
  const invocationArn = rows.at(-1)?.position.invocationArn ?? '';
  group.unplacedRows.forEach((node, index) => {
    rows.push({ position: { submitTime, invocationArn, offset: index + 1 }, node });
  });
  return rows;
}

function withoutDuplicates(rows: readonly Invocation[]): Iterable<Invocation> {
  return rows.length > 1 ? new Map(rows.map((row) => [row.invocationArn, row])).values() : rows;
}

/** Returns a negative number when group `a` is read before group `b`. */
export function compareGroups(a: TieGroup, b: TieGroup, { direction, from }: ReadOrder): number {
  if (a.submitTime === b.submitTime) return 0;
  const nullFirst = from === 'start' ? -1 : 1;
  if (a.submitTime === null) return nullFirst;
  if (b.submitTime === null) return -nullFirst;
  return direction === 'ASC' ? a.submitTime - b.submitTime : b.submitTime - a.submitTime;
}
