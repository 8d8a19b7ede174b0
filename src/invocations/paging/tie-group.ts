import type { Invocation } from '../invocation.ts';
import { comparePositions, type Position } from './position.ts';
import type { Direction, ReadOrder } from '../source.ts';

/**
 * The rows of one submit time. The upstream leaves their order open, so a group is only handed out whole and sorted.
 * Rows without a place of their own stay with the group before them in the connection's order.
 */
export interface TieGroup {
  /** Null for rows that come before every placed one. */
  readonly submitTime: number | null;
  readonly rows: readonly Invocation[];
  readonly unplacedRows: readonly (Invocation | null)[];
}

export interface PositionedRow {
  readonly position: Position;
  readonly node: Invocation | null;
}

/** One group out of several of the same submit time, as when regions are merged. */
export function mergeGroups(groups: readonly TieGroup[]): TieGroup {
  const [only] = groups;
  if (only && groups.length === 1) return only;
  return {
    submitTime: groups[0]?.submitTime ?? null,
    rows: groups.flatMap((group) => group.rows),
    unplacedRows: groups.flatMap((group) => group.unplacedRows),
  };
}

/** The rows of a group in the connection's order, each with its place; a row that was sent twice counts once. */
export function positionRows(group: TieGroup, direction: Direction): PositionedRow[] {
  const { submitTime } = group;
  const rows: PositionedRow[] = [];
  if (submitTime !== null) {
    for (const node of distinct(group.rows)) {
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

function distinct(rows: readonly Invocation[]): Iterable<Invocation> {
  return rows.length > 1 ? new Map(rows.map((row) => [row.invocationArn, row])).values() : rows;
}

/** Negative when group `a` is met before group `b`. */
export function compareGroups(a: TieGroup, b: TieGroup, { direction, from }: ReadOrder): number {
  if (a.submitTime === b.submitTime) return 0;
  const nullFirst = from === 'start' ? -1 : 1;
  if (a.submitTime === null) return nullFirst;
  if (b.submitTime === null) return -nullFirst;
  return direction === 'ASC' ? a.submitTime - b.submitTime : b.submitTime - a.submitTime;
}
