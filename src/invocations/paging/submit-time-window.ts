import type { Direction } from '../source.ts';

/** A range of submit times, in milliseconds since the epoch. Both bounds are exclusive. */
export interface SubmitTimeWindow {
  readonly after?: number | undefined;
  readonly before?: number | undefined;
}

const SECOND = 1000;
/** The upstream's timestamps have four-digit years, and no invocation is older than the epoch. */
const EARLIEST = 0;
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59);

/**
 * Returns a window for the upstream query that contains every row of `window`. AWS documents
 * neither whether its bounds are inclusive nor their precision, so each bound is moved out to a
 * whole second, and by one more second.
 */
export function widenWindow({ after, before }: SubmitTimeWindow): SubmitTimeWindow {
  return {
    after: after === undefined ? undefined : clamp(Math.floor(after / SECOND) * SECOND - SECOND),
    before: before === undefined ? undefined : clamp(Math.ceil(before / SECOND) * SECOND + SECOND),
  };
}

/**
 * Returns the part of a window that lies at or past `time` in a direction. Null changes nothing.
 * The time itself stays inside, because rows with the same submit time may follow.
 */
export function narrowWindow(
  { after, before }: SubmitTimeWindow,
  time: number | null,
  direction: Direction,
): SubmitTimeWindow {
  if (time === null) return { after, before };
  return direction === 'ASC'
    ? { after: Math.max(after ?? -Infinity, time - 1), before }
    : { after, before: Math.min(before ?? Infinity, time + 1) };
}

export function windowContains({ after, before }: SubmitTimeWindow, time: number): boolean {
  return (after === undefined || time > after) && (before === undefined || time < before);
}

function clamp(time: number): number {
  return Math.min(Math.max(time, EARLIEST), LATEST);
}
