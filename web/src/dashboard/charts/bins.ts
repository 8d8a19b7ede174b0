import type { AsyncInvokeStatus, JobPointFragment } from '../__generated__/graphql.ts';

export const SERIES: readonly AsyncInvokeStatus[] = [
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
/** Widths that people count in. */
const WIDTHS = [
  ...[1, 2, 5, 10, 15, 30].map((each) => each * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((each) => each * MINUTE),
  ...[1, 2, 3, 6, 12].map((each) => each * HOUR),
  ...[1, 2, 7, 14, 28, 91, 364].map((each) => each * DAY),
];

/** Jobs by the time they were submitted, in at most so many equal steps. */
export function overTime(points: readonly JobPointFragment[], maxBins: number): TimeBin[] {
  const times = points
    .map(({ submitTime }) => Date.parse(submitTime ?? ''))
    .filter(Number.isFinite);
  if (times.length === 0) return [];
  const [min, max] = extent(times);
  const width = WIDTHS.find((each) => (max - min) / each < maxBins - 1) ?? WIDTHS.at(-1) ?? DAY;
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
    total: SERIES.reduce((sum, status) => sum + counts[status], 0),
  }));
}

export interface ModelDurations {
  readonly modelId: string;
  /** How many jobs took so long, a step each. */
  readonly counts: readonly number[];
  readonly total: number;
  /** In seconds. */
  readonly median: number;
  readonly longest: number;
}

/** The steps that durations are told apart by, in seconds: from each to the next. */
export const DURATION_STEPS = [
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

/** How long the jobs of each model took that are over, the model with the most of them first. */
export function byModel(points: readonly JobPointFragment[]): ModelDurations[] {
  const durations = new Map<string, number[]>();
  for (const { modelId, durationSeconds } of points) {
    if (durationSeconds === null) continue;
    const name = modelId ?? 'Unknown model';
    const known = durations.get(name);
    if (known) known.push(durationSeconds);
    else durations.set(name, [durationSeconds]);
  }
  return [...durations]
    .map(([modelId, seconds]) => {
      const sorted = seconds.sort((a, b) => a - b);
      return {
        modelId,
        counts: countSteps(sorted),
        total: sorted.length,
        median: sorted[Math.floor(sorted.length / 2)] ?? 0,
        longest: sorted.at(-1) ?? 0,
      };
    })
    .sort((a, b) => b.total - a.total || (a.modelId < b.modelId ? -1 : 1));
}

function countSteps(seconds: readonly number[]): number[] {
  const counts = DURATION_STEPS.slice(0, -1).map(() => 0);
  for (const each of seconds) {
    const step = DURATION_STEPS.findIndex((_, index) => each < (DURATION_STEPS[index + 1] ?? 0));
    counts[step] = (counts[step] ?? 0) + 1;
  }
  return counts;
}

/** Without spreading into arguments, of which there may not be so many. */
export function extent(numbers: readonly number[]): [number, number] {
  return numbers.reduce<[number, number]>(
    ([min, max], each) => [Math.min(min, each), Math.max(max, each)],
    [Infinity, -Infinity],
  );
}

/** Steps begin where the clock on the wall has them begin. */
function floorLocal(time: number, width: number): number {
  const offset = new Date(time).getTimezoneOffset() * MINUTE;
  return Math.floor((time - offset) / width) * width + offset;
}
