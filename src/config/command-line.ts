import { parseArgs, type ParseArgsConfig } from 'node:util';
import { ConfigError } from './config-error.ts';
import { GRAPH_ROLES, type GraphRole } from './config.ts';
import { EMULATOR_KNOBS, type EmulatorOptions, readKnobs } from './emulator-options.ts';

/** A parsed command line. */
export type Command =
  | { readonly name: 'help'; readonly topic: Topic | undefined }
  | { readonly name: 'version' }
  | { readonly name: 'serve'; readonly port: number | undefined }
  | {
      readonly name: 'local';
      readonly port: number | undefined;
      readonly emulator: EmulatorOptions;
    }
  | { readonly name: 'emulator'; readonly port: number; readonly emulator: EmulatorOptions }
  | { readonly name: 'schema'; readonly role: GraphRole; readonly start: boolean };

export type Topic = (typeof TOPICS)[number];

export const TOPICS = ['serve', 'local', 'emulator', 'schema'] as const;

type Options = NonNullable<ParseArgsConfig['options']>;
type Values = Readonly<Record<string, string | boolean | undefined>>;

const COMMON: Options = { help: { type: 'boolean', short: 'h' } };
const PORT: Options = { port: { type: 'string' } };
const JOBS: Options = { jobs: { type: 'string' } };
const KNOBS: Options = Object.fromEntries(
  EMULATOR_KNOBS.map(({ option }) => [option, { type: 'string' }]),
);

const OPTIONS: Readonly<Record<Topic, Options>> = {
  serve: { ...COMMON, ...PORT },
  local: { ...COMMON, ...PORT, ...JOBS, ...KNOBS },
  emulator: { ...COMMON, ...PORT, ...JOBS, ...KNOBS },
  schema: { ...COMMON, role: { type: 'string' }, start: { type: 'boolean' } },
};

const DEFAULT_EMULATOR_PORT = 4010;
const DEFAULT_JOBS = 120;

/** @throws {ConfigError} listing every invalid option. */
export function parseCommandLine(args: readonly string[]): Command {
  const [first, ...rest] = args;
  if (first === '--version' || first === '-v') return { name: 'version' };
  if (first === undefined || ['--help', '-h', 'help'].includes(first)) {
    return { name: 'help', topic: TOPICS.find((topic) => topic === rest[0]) };
  }
  const topic = TOPICS.find((name) => name === first);
  if (!topic) {
    throw new ConfigError([`${first}: is not a command; the commands are ${TOPICS.join(', ')}`]);
  }
  const values = parseOptions(topic, rest);
  return values.help === true ? { name: 'help', topic } : toCommand(topic, values);
}

function parseOptions(topic: Topic, args: readonly string[]): Values {
  try {
    return parseArgs({ args: [...args], options: OPTIONS[topic], strict: true }).values as Values;
  } catch (error) {
    throw new ConfigError([error instanceof Error ? error.message : String(error)]);
  }
}

function toCommand(topic: Topic, values: Values): Command {
  const problems: string[] = [];
  const port = wholeNumber('port', values.port, 65_535, problems);
  const jobs = wholeNumber('jobs', values.jobs, 1_000_000, problems) ?? DEFAULT_JOBS;
  const knobs = readKnobs(values, problems);
  const role = graphRole(values.role, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  switch (topic) {
    case 'serve':
      return { name: topic, port };
    case 'local':
      return { name: topic, port, emulator: { jobs, knobs } };
    case 'emulator':
      return { name: topic, port: port ?? DEFAULT_EMULATOR_PORT, emulator: { jobs, knobs } };
    case 'schema':
      return { name: topic, role, start: values.start === true };
    default:
      return topic satisfies never;
  }
}

function graphRole(value: Values[string], problems: string[]): GraphRole {
  const role = GRAPH_ROLES.find((name) => name === (value ?? 'standalone'));
  if (!role) problems.push(`--role: must be ${GRAPH_ROLES.join(' or ')}`);
  return role ?? 'standalone';
}

function wholeNumber(
  option: string,
  value: Values[string],
  max: number,
  problems: string[],
): number | undefined {
  if (value === undefined) return undefined;
  const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : NaN;
  if (number <= max) return number;
  problems.push(`--${option}: must be a whole number from 0 to ${max}`);
  return undefined;
}
