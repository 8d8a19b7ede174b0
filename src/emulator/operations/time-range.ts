import type { TimeRange } from '../jobs/job-store.ts';
import type { EmulatorKnobs } from '../knobs.ts';

type BoundKnobs = Pick<
  EmulatorKnobs,
  'submitTimeAfterBound' | 'submitTimeBeforeBound' | 'submitTimePrecision'
>;

/**
 * Returns the submit times between two bounds. AWS documents neither whether the bounds are
 * inclusive nor their precision, so the knobs decide.
 */
export function timeRange(
  after: number | undefined,
  before: number | undefined,
  knobs: BoundKnobs,
): TimeRange {
  const unit = knobs.submitTimePrecision === 'second' ? 1000 : 1;
  const startOf = (time: number) => Math.floor(time / unit) * unit;
  const endOf = (time: number) => startOf(time) + unit;
  return {
    from: bound(after, -Infinity, knobs.submitTimeAfterBound === 'inclusive' ? startOf : endOf),
    to: bound(before, Infinity, knobs.submitTimeBeforeBound === 'inclusive' ? endOf : startOf),
  };
}

function bound(
  time: number | undefined,
  unbounded: number,
  edge: (time: number) => number,
): number {
  return time === undefined ? unbounded : edge(time);
}
