#!/usr/bin/env node
import { readFileSync, realpathSync } from 'node:fs';
import { enableCompileCache, flushCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type Command, parseCommandLine } from './config/command-line.ts';
import { ConfigError } from './config/config-error.ts';
import { helpText } from './config/help.ts';
import { LOCAL_DEFAULTS, SERVE_DEFAULTS } from './config/mode-defaults.ts';
import { readConfig } from './config/read-config.ts';
import { readTraceRatio } from './config/trace-sampling.ts';
import type { Server } from './server/server.ts';

/** Something that runs until it is stopped. */
interface Running {
  /** With a grace, it first says for so long that it will. */
  stop(graceMs?: number): Promise<void>;
  readonly graceMs?: number;
  readonly log?: Server['log'];
}

type CommandOf<Name extends Command['name']> = Extract<Command, { name: Name }>;

/** Parses, starts, and stops on a signal. */
async function main(args: readonly string[]): Promise<void> {
  // Reading the modules is most of a start: what was compiled once is kept where Node keeps such things, if it may.
  enableCompileCache();
  const command = parseCommandLine(args);
  for (const signal of SIGNALS) process.once(signal, exitBeforeStart);
  const running = await run(command);
  flushCompileCache();
  if (!running) return;
  stopOnSignal(running);
  exitOnUncaughtError(running);
}

async function run(command: Command): Promise<Running | undefined> {
  switch (command.name) {
    case 'help': {
      print(helpText(command.topic));
      return;
    }
    case 'version': {
      print(readVersion());
      return;
    }
    case 'schema': {
      const { printSdl } = await import('./graphql/schema.ts');
      print(printSdl(command.role, command).trimEnd());
      return;
    }
    case 'serve':
      return serve(command);
    case 'local':
      return local(command);
    case 'emulator':
      return emulate(command);
    default:
      return command satisfies never;
  }
}

async function serve({ port }: CommandOf<'serve'>): Promise<Running> {
  const config = readConfig(process.env, SERVE_DEFAULTS);
  const { startServer } = await import('./server/server.ts');
  const endTraces = await exportTraces();
  const server = await startServer({ ...config, port: port ?? config.port });
  return {
    log: server.log,
    graceMs: config.drainGraceMs,
    stop: (graceMs) => server.stop(graceMs).finally(endTraces),
  };
}

/** Loaded only where traces are asked for. */
async function exportTraces(): Promise<() => Promise<void>> {
  const ratio = readTraceRatio(process.env);
  if (ratio === undefined) return () => Promise.resolve();
  const { startTraceExport } = await import('./server/observability/otlp-exporter.ts');
  return startTraceExport(ratio);
}

/** The gateway in front of an emulator of its own; whatever the environment says of AWS is not meant for that. */
async function local({ port, emulator: options }: CommandOf<'local'>): Promise<Running> {
  const variables = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  const config = readConfig(Object.fromEntries(variables), LOCAL_DEFAULTS);
  const knobs = { ...DEMO_KNOBS, ...options.knobs };
  const { startServer } = await import('./server/server.ts');
  const { createEmulator } = await import('./emulator/emulator.ts');
  const emulator = await createEmulator({ ...options, knobs }).start();
  const { region, accountId, url: endpoint } = emulator;
  const server = await startServer(
    {
      ...config,
      port: port ?? config.port,
      upstream: { ...config.upstream, region, accountId, endpoint },
    },
    { credentials: { accessKeyId: 'local', secretAccessKey: 'local', accountId } },
  );
  print(`bedrock-async-graphql is ready, with ${options.jobs} sample jobs and more arriving.

  Page       ${server.url}/
  GraphQL    ${server.url}/graphql${config.explorer ? `\n  Explorer   ${server.url}/explorer` : ''}
  Sandbox    https://studio.apollographql.com/sandbox/explorer?endpoint=${encodeURIComponent(`${server.url}/graphql`)}
  Emulator   ${endpoint}  (for any AWS SDK, as AWS_ENDPOINT_URL_BEDROCK_RUNTIME)

Press Ctrl+C to stop.`);
  return {
    log: server.log,
    graceMs: config.drainGraceMs,
    stop: async (graceMs) => {
      await server.stop(graceMs);
      await emulator.destroy();
    },
  };
}

async function emulate({ port, emulator: options }: CommandOf<'emulator'>): Promise<Running> {
  const knobs = { ...DEMO_KNOBS, ...options.knobs };
  const { createEmulator } = await import('./emulator/emulator.ts');
  const emulator = await createEmulator({ ...options, port, knobs }).start();
  const { url, region, accountId } = emulator;
  print(`Amazon Bedrock emulator for ${region}, account ${accountId}, with ${options.jobs} sample jobs and more arriving.

  export AWS_ENDPOINT_URL_BEDROCK_RUNTIME=${url} AWS_REGION=${region}
  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local

Press Ctrl+C to stop.`);
  return { stop: () => emulator.destroy() };
}

/** Jobs come often enough to be seen coming. */
const DEMO_KNOBS = { arrivalIntervalMs: 15_000 };

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function readVersion(): string {
  const file = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(file) as { version: string };
  return version;
}

/** Until there is something to stop, a signal just ends the process. */
const exitBeforeStart = () => process.exit(0);
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * SIGTERM is a balancer's business too: it is told first, for the grace; a second one changes nothing. SIGINT is a person's,
 * who waits; a second one, by its default action, ends the process at once.
 */
function stopOnSignal(running: Running): void {
  const stop = (graceMs: number) => {
    running.stop(graceMs).then(
      () => process.exit(0),
      (error: unknown) => {
        fail(error);
      },
    );
  };
  for (const signal of SIGNALS) process.off(signal, exitBeforeStart);
  process.on('SIGTERM', () => {
    stop(running.graceMs ?? 0);
  });
  process.once('SIGINT', () => {
    stop(0);
  });
}

/** Nobody knows in which state a defect leaves the process: it says so, finishes what is under way, and ends. */
function exitOnUncaughtError(running: Running): void {
  const end = (error: unknown) => {
    process.exitCode = 1;
    const exit = () => process.exit(1);
    const giveUp = () => process.kill(process.pid, 'SIGKILL');
    if (running.log) running.log.fatal({ err: error }, 'a defect ends this process');
    else process.stderr.write(`${describe(error)}\n`);
    setTimeout(giveUp, CRASH_TIMEOUT_MS).unref();
    running.stop().then(exit, exit);
  };
  process.on('unhandledRejection', end);
  process.on('uncaughtException', end);
  // Whoever read the output has gone; that is no reason to stop serving.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

/** After a defect, what is under way gets no more time than this. */
const CRASH_TIMEOUT_MS = 10_000;

function fail(error: unknown): void {
  const problems = error instanceof ConfigError ? error.problems : [describe(error)];
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exit(1);
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  main(process.argv.slice(2)).catch(fail);
}
