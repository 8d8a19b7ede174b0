import type { AsyncInvokeStatus, JobPointFragment } from '../__generated__/graphql.ts';

export const STATUSES: readonly AsyncInvokeStatus[] = [
  'COMPLETED',
  'FAILED',
  'IN_PROGRESS',
  'UNKNOWN',
];

export interface TimeBin {
  readonly from: number;
  readonly to: number;
  readonly counts: Readonly<Record<AsyncInvokeStatus, number>>;
  readonly total: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Bin widths that match clock and calendar units. */
const BIN_WIDTHS = [
  ...[1, 2, 5, 10, 15, 30].map((each) => each * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((each) => each * MINUTE),
  ...[1, 2, 3, 6, 12].map((each) => each * HOUR),
  ...[1, 2, 7, 14, 28, 91, 364].map((each) => each * DAY),
];

/** Counts jobs by submit time and status, in at most `maxBins` bins of equal width. */
export function binBySubmitTime(points: readonly JobPointFragment[], maxBins: number): TimeBin[] {
  const times = points
    .map(({ submitTime }) => Date.parse(submitTime ?? ''))
    .filter(Number.isFinite);
  if (times.length === 0) return [];
  const [min, max] = extent(times);
  const width =
    BIN_WIDTHS.find((each) => (max - min) / each < maxBins - 1) ?? BIN_WIDTHS.at(-1) ?? DAY;
  const start = floorLocal(min, width);
  const length = Math.floor((max - start) / width) + 1;
  const bins = Array.from({ length }, () => ({
    COMPLETED: 0,
    FAILED: 0,
    IN_PROGRESS: 0,
    UNKNOWN: 0,
  }));
  for (const { submitTime, status } of points) {
    const bin = bins[Math.floor((Date.parse(submitTime ?? '') - start) / width)];
    if (bin) bin[status ?? 'UNKNOWN'] += 1;
  }
  return bins.map((counts, index) => ({
    from: start + index * width,
    to: start + (index + 1) * width,
    counts,
    total: STATUSES.reduce((sum, status) => sum + counts[status], 0),
  }));
}

export interface ModelDurations {
  readonly modelId: string;
  /** The number of jobs in each of `DURATION_BUCKETS`. */
  readonly counts: readonly number[];
  readonly total: number;
  /** Median and longest duration, in seconds. */
  readonly median: number;
  readonly longest: number;
}

/** Bucket boundaries of the histogram, in seconds. Each bucket ends where the next one starts. */
export const DURATION_BUCKETS = [
  0,
  5,
  10,
  20,
  30,
  60,
  120,
  180,
  300,
  600,
  1200,
  1800,
  3600,
  7200,
  Infinity,
];

/** Groups the durations of finished jobs by model, the model with the most jobs first. */
export function durationsByModel(points: readonly JobPointFragment[]): ModelDurations[] {
  const durations = new Map<string, number[]>();
  for (const { modelId, durationSeconds } of points) {
    if (durationSeconds === null) continue;
    const name = modelId ?? 'Unknown model';
    const seconds = durations.get(name);
    if (seconds) seconds.push(durationSeconds);
    else durations.set(name, [durationSeconds]);
  }
  return [...durations]
    .map(([modelId, seconds]) => {
      const sorted = seconds.sort((a, b) => a - b);
      return {
        modelId,
        counts: countPerBucket(sorted),
        total: sorted.length,
        median: sorted[Math.floor(sorted.length / 2)] ?? 0,
        longest: sorted.at(-1) ?? 0,
      };
    })
    .sort((a, b) => b.total - a.total || (a.modelId < b.modelId ? -1 : 1));
}

function countPerBucket(seconds: readonly number[]): number[] {
  const counts = DURATION_BUCKETS.slice(0, -1).map(() => 0);
  for (const each of seconds) {
    const step = DURATION_BUCKETS.findIndex(
      (_, index) => each < (DURATION_BUCKETS[index + 1] ?? 0),
    );
    counts[step] = (counts[step] ?? 0) + 1;
  }
  return counts;
}

/** Returns the minimum and maximum. `Math.min(...numbers)` would fail on long arrays. */
export function extent(numbers: readonly number[]): [number, number] {
  return numbers.reduce<[number, number]>(
    ([min, max], each) => [Math.min(min, each), Math.max(max, each)],
    [Infinity, -Infinity],
  );
}

/** Rounds down to a multiple of the width in local time. */
function floorLocal(time: number, width: number): number {
  const offset = new Date(time).getTimezoneOffset() * MINUTE;
  return Math.floor((time - offset) / width) * width + offset;
}
