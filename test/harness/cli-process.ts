import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { waitFor } from './wait-for.ts';

const MAIN = new URL('../../dist/main.js', import.meta.url).pathname;

/** An environment without this machine's credentials, profiles and settings. */
const BARE = { PATH: process.env.PATH, HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true' };

export interface Run {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly exited: Promise<number | null>;
}

const running: ChildProcess[] = [];

/** Kills all started processes. Call it in `afterEach` or `afterAll`. */
export function killAll(): void {
  for (const child of running.splice(0)) child.kill('SIGKILL');
}

/** Runs the built command line in a child process. */
export function run(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  nodeOptions: readonly string[] = [],
): Run {
  if (!existsSync(MAIN)) throw new Error('dist/main.js is missing: npm run build');
  return runNode([...nodeOptions, MAIN, ...args], env);
}

export function runScript(script: string, args: readonly string[], env: NodeJS.ProcessEnv): Run {
  return runNode([script, ...args], env);
}

function runNode(args: readonly string[], env: NodeJS.ProcessEnv): Run {
  const child = spawn(process.execPath, args, { env: { ...BARE, ...env } });
  running.push(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const exited = once(child, 'close').then(([code]) => code as number | null);
  return { child, stdout: () => stdout, stderr: () => stderr, exited };
}

/** Waits until the process prints a match, and returns its first group. */
export async function printed({ stdout, stderr, child }: Run, pattern: RegExp): Promise<string> {
  await waitFor(
    () => pattern.test(stdout()) || child.exitCode !== null || child.signalCode !== null,
  );
  const [, text] = pattern.exec(stdout()) ?? [];
  if (text === undefined) throw new Error(`exited without printing ${pattern.source}: ${stderr()}`);
  return text;
}

/** Starts the built gateway in front of the emulator. Returns its origin. */
export function startBuilt(emulator: Emulator, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const serve = run(['serve', '--port', '0'], {
    AWS_REGION: emulator.region,
    AWS_ACCOUNT_ID: emulator.accountId,
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: emulator.url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    ...env,
  });
  return printed(serve, /listening on (http:[^"]+)"/);
}
