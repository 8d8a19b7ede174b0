import type { Direction } from '../source.ts';

/**
 * A place in the total order of invocations: by submit time, then by ARN, both in the order's direction. A row that has
 * no place of its own (no readable ARN or time) follows the placed row before it, `offset` steps on.
 */
export interface Position {
  /** Milliseconds since the epoch; null is before the first placed row. */
  readonly submitTime: number | null;
  readonly invocationArn: string;
  readonly offset: number;
}

/** Negative when `a` comes before `b` in a connection of this direction. */
export function comparePositions(a: Position, b: Position, direction: Direction): number {
  if (a.submitTime === null || b.submitTime === null) {
    if (a.submitTime !== b.submitTime) return a.submitTime === null ? -1 : 1;
  } else if (a.submitTime !== b.submitTime) {
    return forward(a.submitTime - b.submitTime, direction);
  }
  return forward(compareText(a.invocationArn, b.invocationArn), direction) || a.offset - b.offset;
}

export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function forward(difference: number, direction: Direction): number {
  return direction === 'ASC' ? difference : -difference;
}

export function reverseDirection(direction: Direction): Direction {
  return direction === 'ASC' ? 'DESC' : 'ASC';
}
