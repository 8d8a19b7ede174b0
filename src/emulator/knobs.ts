/**
 * Everything about the emulator that can be turned while it runs. Where AWS documents a behaviour the default is that
 * behaviour; where it does not, the knob is there so that a client can be tried against each answer AWS might give.
 */
export interface EmulatorKnobs {
  /** Factor on every job's running time: 0 ends jobs at once, 10 makes them ten times slower. Applies to jobs created afterwards. */
  readonly durationScale: number;
  /** Share (0 to 1) of sample, arriving and started jobs that fail. Applies to jobs created afterwards. */
  readonly failureRate: number;
  /** Mean time between arriving jobs, in milliseconds; 0 stops arrivals. */
  readonly arrivalIntervalMs: number;
  /** Time before each answer, in milliseconds. */
  readonly latencyMs: number;
  /** Latency varies by up to this much, either way. */
  readonly latencyJitterMs: number;
  /** Share (0 to 1) of requests answered with 429 ThrottlingException. */
  readonly throttleRate: number;
  /** Rows of a page where the request names no maxResults. AWS does not document its own. */
  readonly defaultPageSize: number;
  /** Share (0 to 1) of maxResults that a page holds at most; below 1 pages are short and still carry a token. */
  readonly pageFill: number;
  /** Rows a page holds at most, whatever maxResults says. */
  readonly maxPageRows: number;
  /** Empty pages, each with a token, served in front of every page of rows. */
  readonly emptyPages: number;
  /** Whether the last row is followed by a token that leads to one empty page without a token. */
  readonly trailingEmptyPage: boolean;
  /** Age after which a nextToken is refused, in milliseconds. */
  readonly tokenLifetimeMs: number;
  /** Whether a job submitted exactly at submitTimeAfter matches. */
  readonly submitTimeAfterBound: 'inclusive' | 'exclusive';
  /** Whether a job submitted exactly at submitTimeBefore matches. */
  readonly submitTimeBeforeBound: 'inclusive' | 'exclusive';
  /** Precision at which submit times are compared with the bounds. Answers always show milliseconds. */
  readonly submitTimePrecision: 'millisecond' | 'second';
  /** Whether Descending turns round the order Ascending gives to jobs of equal submitTime, or gives them another one. */
  readonly ties: 'mirrored' | 'independent';
  /** Whether x-amzn-errortype carries the ":http://internal.amazon.com/..." tail that AWS appends at times. */
  readonly errorTypeSuffix: boolean;
  /** Pattern for clientRequestToken: the one AWS enforces, or the wider one of the published model. */
  readonly clientRequestTokenPattern: 'enforced' | 'published';
}

export const DEFAULT_KNOBS: EmulatorKnobs = {
  durationScale: 1,
  failureRate: 0.08,
  arrivalIntervalMs: 0,
  latencyMs: 0,
  latencyJitterMs: 0,
  throttleRate: 0,
  defaultPageSize: 100,
  pageFill: 1,
  maxPageRows: 1000,
  emptyPages: 0,
  trailingEmptyPage: false,
  tokenLifetimeMs: Number.POSITIVE_INFINITY,
  submitTimeAfterBound: 'inclusive',
  submitTimeBeforeBound: 'inclusive',
  submitTimePrecision: 'millisecond',
  ties: 'mirrored',
  errorTypeSuffix: false,
  clientRequestTokenPattern: 'enforced',
};

type NumericKnob = {
  [Name in keyof EmulatorKnobs]: EmulatorKnobs[Name] extends number ? Name : never;
}[keyof EmulatorKnobs];

const MILLISECONDS = { min: 0, max: Number.POSITIVE_INFINITY, whole: false };
const SHARE = { min: 0, max: 1, whole: false };
const PAGE_ROWS = { min: 1, max: 1000, whole: true };

const RANGES: Record<NumericKnob, { min: number; max: number; whole: boolean }> = {
  durationScale: { min: 0, max: Number.MAX_VALUE, whole: false },
  failureRate: SHARE,
  arrivalIntervalMs: MILLISECONDS,
  latencyMs: MILLISECONDS,
  latencyJitterMs: MILLISECONDS,
  throttleRate: SHARE,
  defaultPageSize: PAGE_ROWS,
  pageFill: SHARE,
  maxPageRows: PAGE_ROWS,
  emptyPages: { min: 0, max: 1000, whole: true },
  tokenLifetimeMs: MILLISECONDS,
};

function isNumericKnob(name: string): name is NumericKnob {
  return Object.hasOwn(RANGES, name);
}

/** The knobs after a change. Every value out of range is named in one RangeError, and none is applied. */
export function turnKnobs(current: EmulatorKnobs, change: Partial<EmulatorKnobs>): EmulatorKnobs {
  const knobs = { ...current, ...change };
  const problems = Object.keys(RANGES)
    .filter(isNumericKnob)
    .filter((name) => !inRange(knobs[name], RANGES[name]))
    .map((name) => `${name} (${knobs[name]}) must be ${describe(RANGES[name])}`);
  if (problems.length > 0) {
    throw new RangeError(problems.join('; '));
  }
  return knobs;
}

function inRange(value: number, { min, max, whole }: (typeof RANGES)[NumericKnob]): boolean {
  return value >= min && value <= max && (!whole || Number.isInteger(value));
}

function describe({ min, max, whole }: (typeof RANGES)[NumericKnob]): string {
  return `a ${whole ? 'whole ' : ''}number from ${min} to ${max}`;
}
