/** What the command line can set of the embedded emulator. */
export interface EmulatorOptions {
  /** Sample jobs at start. */
  readonly jobs: number;
  readonly knobs: Partial<NumericKnobs>;
}

export interface NumericKnobs {
  readonly arrivalIntervalMs: number;
  readonly durationScale: number;
  readonly emptyPages: number;
  readonly failureRate: number;
  readonly latencyJitterMs: number;
  readonly latencyMs: number;
  readonly pageFill: number;
  readonly throttleRate: number;
  readonly tokenLifetimeMs: number;
}

interface KnobOption {
  readonly option: string;
  readonly knob: keyof NumericKnobs;
  readonly max: number;
  readonly whole?: boolean;
  readonly help: string;
}

const DAY_MS = 86_400_000;

export const EMULATOR_KNOBS: readonly KnobOption[] = [
  {
    option: 'arrival-interval-ms',
    knob: 'arrivalIntervalMs',
    max: DAY_MS,
    help: 'mean time between arriving jobs; 0 stops them',
  },
  {
    option: 'duration-scale',
    knob: 'durationScale',
    max: 1000,
    help: 'factor on the running time of jobs',
  },
  { option: 'failure-rate', knob: 'failureRate', max: 1, help: 'share of jobs that fail, 0 to 1' },
  { option: 'latency-ms', knob: 'latencyMs', max: DAY_MS, help: 'time before each answer' },
  {
    option: 'latency-jitter-ms',
    knob: 'latencyJitterMs',
    max: DAY_MS,
    help: 'how much the latency varies, either way',
  },
  {
    option: 'throttle-rate',
    knob: 'throttleRate',
    max: 1,
    help: 'share of requests answered with ThrottlingException, 0 to 1',
  },
  {
    option: 'page-fill',
    knob: 'pageFill',
    max: 1,
    help: 'share of the rows asked for that a page holds, 0 to 1',
  },
  {
    option: 'empty-pages',
    knob: 'emptyPages',
    max: 1000,
    whole: true,
    help: 'empty pages with a token before each page of rows',
  },
  {
    option: 'token-lifetime-ms',
    knob: 'tokenLifetimeMs',
    max: DAY_MS,
    help: 'age at which a page token is refused',
  },
];

/** Reads the knobs among parsed options; what cannot be used is added to `problems`. */
export function readKnobs(
  values: Readonly<Record<string, unknown>>,
  problems: string[],
): Partial<NumericKnobs> {
  const knobs: Partial<Record<keyof NumericKnobs, number>> = {};
  for (const { option, knob, max, whole = false } of EMULATOR_KNOBS) {
    const value = values[option];
    if (typeof value !== 'string') continue;
    const number = /^\d{1,9}(?:\.\d{1,9})?$/.test(value) ? Number(value) : NaN;
    if (number <= max && (!whole || Number.isInteger(number))) knobs[knob] = number;
    else problems.push(`--${option}: must be a ${whole ? 'whole ' : ''}number from 0 to ${max}`);
  }
  return knobs;
}
