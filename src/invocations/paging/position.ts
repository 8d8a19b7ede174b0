import type { Direction } from '../source.ts';

/**
 * A position in the total order of invocations: by submit time, then by ARN, both in the direction
 * of the connection. A row without a readable ARN or submit time follows the row before it: its
 * `offset` counts the rows from there.
 */
export interface Position {
  /** Milliseconds since the epoch. Null is before the first row that has a submit time. */
  readonly submitTime: number | null;
  readonly invocationArn: string;
  readonly offset: number;
}

/** Returns a negative number when `a` comes before `b` in a connection of this direction. */
export function comparePositions(a: Position, b: Position, direction: Direction): number {
  if (a.submitTime === null || b.submitTime === null) {
    if (a.submitTime !== b.submitTime) return a.submitTime === null ? -1 : 1;
  } else if (a.submitTime !== b.submitTime) {
    return inDirection(a.submitTime - b.submitTime, direction);
  }
  const byArn = inDirection(compareText(a.invocationArn, b.invocationArn), direction);
  return byArn || a.offset - b.offset;
}

export function reverseDirection(direction: Direction): Direction {
  return direction === 'ASC' ? 'DESC' : 'ASC';
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function inDirection(difference: number, direction: Direction): number {
  return direction === 'ASC' ? difference : -difference;
}
