import type { Direction } from '../source.ts';

/** A range of submit times, milliseconds since the epoch, both bounds exclusive. */
export interface SubmitTimeWindow {
  readonly after?: number | undefined;
  readonly before?: number | undefined;
}

const SECOND = 1000;
/** What fits the upstream's timestamps: four-digit years, and nothing was submitted before the epoch. */
const EARLIEST = 0;
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59);

/**
 * A window to ask the upstream for that surely holds every row of `window`. The upstream documents neither whether its
 * bounds are inclusive nor at which precision they compare, so each is moved out to a whole second and one more.
 */
export function widenWindow({ after, before }: SubmitTimeWindow): SubmitTimeWindow {
  return {
    after: after === undefined ? undefined : clamp(Math.floor(after / SECOND) * SECOND - SECOND),
    before: before === undefined ? undefined : clamp(Math.ceil(before / SECOND) * SECOND + SECOND),
  };
}

/** The part of a window that lies at or past `time` in a direction; null narrows nothing. */
export function narrowWindow(
  { after, before }: SubmitTimeWindow,
  time: number | null,
  direction: Direction,
): SubmitTimeWindow {
  if (time === null) return { after, before };
  // The place itself stays inside: rows that share its time may follow it, and seeing it again costs nothing.
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
