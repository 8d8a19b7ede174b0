/** Options of the embedded emulator on the command line. */
export interface EmulatorOptions {
  /** Number of sample jobs at start. */
  readonly jobs: number;
  readonly knobs: Partial<EmulatorCliOptions>;
}

/** The knobs of the emulator that have a command-line option. */
export interface EmulatorCliOptions {
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
  readonly knob: keyof EmulatorCliOptions;
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
    help: 'factor on the duration of jobs',
  },
  { option: 'failure-rate', knob: 'failureRate', max: 1, help: 'share of jobs that fail, 0 to 1' },
  { option: 'latency-ms', knob: 'latencyMs', max: DAY_MS, help: 'delay of each response' },
  {
    option: 'latency-jitter-ms',
    knob: 'latencyJitterMs',
    max: DAY_MS,
    help: 'variation of the latency, in either direction',
  },
  {
    option: 'throttle-rate',
    knob: 'throttleRate',
    max: 1,
    help: 'share of requests that get ThrottlingException, 0 to 1',
  },
  {
    option: 'page-fill',
    knob: 'pageFill',
    max: 1,
    help: 'share of the requested rows that a page holds, 0 to 1',
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
    help: 'age at which a page token is rejected',
  },
];

/** Reads the knobs from parsed options. Adds a message to `problems` for each invalid value. */
export function readKnobs(
  values: Readonly<Record<string, unknown>>,
  problems: string[],
): Partial<EmulatorCliOptions> {
  const knobs: Partial<Record<keyof EmulatorCliOptions, number>> = {};
  for (const { option, knob, max, whole = false } of EMULATOR_KNOBS) {
    const value = values[option];
    if (typeof value !== 'string') continue;
    const number = /^\d{1,9}(?:\.\d{1,9})?$/.test(value) ? Number(value) : NaN;
    if (number <= max && (!whole || Number.isInteger(number))) knobs[knob] = number;
    else problems.push(`--${option}: must be a ${whole ? 'whole ' : ''}number from 0 to ${max}`);
  }
  return knobs;
}
