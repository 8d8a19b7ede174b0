/**
 * The knobs: behaviour of the emulator that can change while it runs. If AWS documents a behaviour,
 * that is the default. If AWS does not, the knob lets a test try each possible behaviour.
 */
export interface EmulatorKnobs {
  /** Factor on the duration of jobs that are created from now on. 0 ends jobs at once. */
  readonly durationScale: number;
  /**
   * Share (0 to 1) of sample, arriving and started jobs that fail, for jobs created from now on.
   */
  readonly failureRate: number;
  /** Mean time between arriving jobs, in milliseconds. 0 stops arrivals. */
  readonly arrivalIntervalMs: number;
  /** Delay of each response, in milliseconds. */
  readonly latencyMs: number;
  /** The delay varies by up to this many milliseconds in either direction. */
  readonly latencyJitterMs: number;
  /** Share (0 to 1) of requests that get 429 ThrottlingException. */
  readonly throttleRate: number;
  /** Number of rows of a page without maxResults. AWS does not document its default. */
  readonly defaultPageSize: number;
  /** Maximum share (0 to 1) of maxResults in a page. Below 1, short pages still have a token. */
  readonly pageFill: number;
  /** Maximum number of rows of a page, regardless of maxResults. */
  readonly maxPageRows: number;
  /** Number of empty pages, each with a token, before every page of rows. */
  readonly emptyPages: number;
  /** Whether the last row comes with a token, which leads to an empty page. */
  readonly trailingEmptyPage: boolean;
  /** Age in milliseconds after which a nextToken is rejected. */
  readonly tokenLifetimeMs: number;
  /** Whether a job submitted exactly at submitTimeAfter matches. */
  readonly submitTimeAfterBound: 'inclusive' | 'exclusive';
  /** Whether a job submitted exactly at submitTimeBefore matches. */
  readonly submitTimeBeforeBound: 'inclusive' | 'exclusive';
  /** Precision for comparing submit times with the bounds. Responses always show milliseconds. */
  readonly submitTimePrecision: 'millisecond' | 'second';
  /**
   * Order of jobs of equal submitTime in Descending: the reverse of Ascending, or unrelated to it.
   */
  readonly ties: 'mirrored' | 'independent';
  /** Whether x-amzn-errortype has the suffix ":http://internal.amazon.com/..." that AWS may add. */
  readonly errorTypeSuffix: boolean;
  /**
   * Pattern of clientRequestToken: the one AWS enforces, or the wider one of the published model.
   */
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

/** Returns changed knobs. Throws one RangeError that names every value out of range. */
export function changeKnobs(current: EmulatorKnobs, change: Partial<EmulatorKnobs>): EmulatorKnobs {
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
