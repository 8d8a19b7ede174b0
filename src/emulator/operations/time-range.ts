import type { TimeRange } from '../jobs/job-store.ts';
import type { EmulatorKnobs } from '../knobs.ts';

type BoundKnobs = Pick<
  EmulatorKnobs,
  'submitTimeAfterBound' | 'submitTimeBeforeBound' | 'submitTimePrecision'
>;

/** The submit times that match a window: AWS says neither whether its bounds belong to it nor how finely it compares. */
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
