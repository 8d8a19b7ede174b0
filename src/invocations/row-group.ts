import type { Invocation } from './invocation.ts';
import { comparePlaces, type Place } from './place.ts';
import type { Direction, ReadingOrder } from './source.ts';

/**
 * The rows of one submit time. The upstream leaves their order open, so a group is only handed out whole and sorted.
 * Rows without a place of their own stay with the group before them in the connection's order.
 */
export interface RowGroup {
  /** Null for rows that come before every placed one. */
  readonly submitTime: number | null;
  readonly placed: readonly Invocation[];
  readonly unplaced: readonly (Invocation | null)[];
}

export interface PlacedRow {
  readonly place: Place;
  readonly node: Invocation | null;
}

/** One group out of several of the same submit time, as when regions are merged. */
export function mergeGroups(groups: readonly RowGroup[]): RowGroup {
  const [only] = groups;
  if (only && groups.length === 1) return only;
  return {
    submitTime: groups[0]?.submitTime ?? null,
    placed: groups.flatMap((group) => group.placed),
    unplaced: groups.flatMap((group) => group.unplaced),
  };
}

/** The rows of a group in the connection's order, each with its place; a row that was sent twice counts once. */
export function placeRows(group: RowGroup, direction: Direction): PlacedRow[] {
  const { submitTime } = group;
  const rows: PlacedRow[] = [];
  if (submitTime !== null) {
    for (const node of distinct(group.placed)) {
      rows.push({ place: { submitTime, invocationArn: node.invocationArn, offset: 0 }, node });
    }
    if (rows.length > 1) rows.sort((a, b) => comparePlaces(a.place, b.place, direction));
  }
  const invocationArn = rows.at(-1)?.place.invocationArn ?? '';
  group.unplaced.forEach((node, index) => {
    rows.push({ place: { submitTime, invocationArn, offset: index + 1 }, node });
  });
  return rows;
}

function distinct(rows: readonly Invocation[]): Iterable<Invocation> {
  return rows.length > 1 ? new Map(rows.map((row) => [row.invocationArn, row])).values() : rows;
}

/** Negative when group `a` is met before group `b`. */
export function compareGroups(a: RowGroup, b: RowGroup, { walk, from }: ReadingOrder): number {
  if (a.submitTime === b.submitTime) return 0;
  const nullFirst = from === 'start' ? -1 : 1;
  if (a.submitTime === null) return nullFirst;
  if (b.submitTime === null) return -nullFirst;
  return walk === 'ASC' ? a.submitTime - b.submitTime : b.submitTime - a.submitTime;
}
