#!/usr/bin/env -S node --max-semi-space-size=16
import { readFileSync, realpathSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type Command, parseCommandLine } from './config/command-line.ts';
import { helpText } from './config/help.ts';
import { LOCAL_DEFAULTS, SERVE_DEFAULTS } from './config/mode-defaults.ts';
import { assertSupportedNode } from './config/node-version.ts';
import { readConfig } from './config/read-config.ts';
import { readTraceRatio } from './config/trace-sampling.ts';
import {
  exitOnSignal,
  exitOnUncaughtError,
  exitWithError,
  type Running,
  stopOnSignal,
  useCompileCache,
} from './process.ts';

/** Beside the code. The path is the same from `src/` and `dist/`. */
const COMPILE_CACHE = new URL('../dist/.compile-cache', import.meta.url);

type CommandOf<Name extends Command['name']> = Extract<Command, { name: Name }>;

/** Parses the command line, runs the command, and stops it on a signal. */
async function main(args: readonly string[]): Promise<void> {
  exitOnSignal();
  assertSupportedNode(process.versions.node);
  useCompileCache(COMPILE_CACHE);
  const running = await run(parseCommandLine(args));
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
  const stopTraces = await exportTraces();
  const server = await startServer({ ...config, port: port ?? config.port });
  return {
    log: server.log,
    graceMs: config.drainGraceMs,
    stop: (graceMs) => server.stop(graceMs).finally(stopTraces),
  };
}

/** Loads and starts the trace exporter if enabled. Returns a function that stops it. */
async function exportTraces(): Promise<() => Promise<void>> {
  const ratio = readTraceRatio(process.env);
  if (ratio === undefined) return () => Promise.resolve();
  const { startTraceExport } = await import('./server/observability/otlp-exporter.ts');
  return startTraceExport(ratio);
}

/** Runs the gateway with an embedded emulator. Ignores the AWS variables of the environment. */
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
  const graphql = `${server.url}/graphql`;
  print(`bedrock-async-graphql is ready, with ${options.jobs} sample jobs and more arriving.
${config.dashboard ? `\n  Dashboard  ${server.url}/` : ''}
  GraphQL    ${graphql}${config.explorer ? `\n  Explorer   ${server.url}/explorer` : ''}
  Sandbox    ${SANDBOX_URL}?endpoint=${encodeURIComponent(graphql)}
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
  print(`Amazon Bedrock emulator for ${region}, account ${accountId}.
It has ${options.jobs} sample jobs and more arriving.

  export AWS_ENDPOINT_URL_BEDROCK_RUNTIME=${url} AWS_REGION=${region}
  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local

Press Ctrl+C to stop.`);
  return { stop: () => emulator.destroy() };
}

const SANDBOX_URL = 'https://studio.apollographql.com/sandbox/explorer';

/** New jobs arrive often enough to watch. */
const DEMO_KNOBS = { arrivalIntervalMs: 15_000 };

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function readVersion(): string {
  const file = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(file) as { version: string };
  return version;
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  main(process.argv.slice(2)).catch(exitWithError);
}
