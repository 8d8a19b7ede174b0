import { lstatSync, mkdirSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { ConfigError } from './config/config-error.ts';

/** A service that runs until it is stopped. */
export interface Running {
  /** Keeps serving for `graceMs`, with readiness failing, before it shuts down. */
  stop(graceMs?: number): Promise<void>;
  readonly graceMs?: number;
  readonly log?: { fatal(details: object, message: string): void };
}

/**
 * Enables Node's compile cache in a folder, because loading modules takes most of the start time.
 * Node executes what the folder contains without checking it. So a folder that another user can
 * write to is not used, and neither is Node's default folder, which all users share.
 */
export function useCompileCache(folder: URL): void {
  if (isPrivateFolder(folder)) enableCompileCache(fileURLToPath(folder));
}

/** Creates the folder if it does not exist. Returns false if that is not possible. */
function isPrivateFolder(folder: URL): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const stats = lstatSync(folder);
    const isShared = (stats.mode & 0o077) !== 0;
    return stats.isDirectory() && stats.uid === process.getuid?.() && !isShared;
  } catch {
    return false;
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

const exitBeforeStart = () => process.exit(0);

/** Ends the process on a signal until {@link stopOnSignal} replaces this. */
export function exitOnSignal(): void {
  for (const signal of SIGNALS) process.once(signal, exitBeforeStart);
}

/**
 * SIGTERM: keeps serving for the grace period so that load balancers can react. A second one
 * changes nothing. SIGINT: shuts down at once. A second one kills the process.
 */
export function stopOnSignal(running: Running): void {
  const stop = (graceMs: number) => {
    running.stop(graceMs).then(() => process.exit(0), exitWithError);
  };
  process.on('SIGTERM', () => {
    stop(running.graceMs ?? 0);
  });
  process.once('SIGINT', () => {
    stop(0);
  });
  // Last, because Node drops a pending signal that has no listener.
  for (const signal of SIGNALS) process.off(signal, exitBeforeStart);
}

/** Maximum time for requests in flight to finish after an uncaught error. */
const CRASH_TIMEOUT_MS = 10_000;

/** An uncaught error leaves the process in an unknown state: it logs, finishes requests, exits. */
export function exitOnUncaughtError(running: Running): void {
  const shutDown = (error: unknown) => {
    process.exitCode = 1;
    const exit = () => process.exit(1);
    if (running.log) running.log.fatal({ err: error }, 'uncaught error, shutting down');
    else process.stderr.write(`${describe(error)}\n`);
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), CRASH_TIMEOUT_MS).unref();
    running.stop().then(exit, exit);
  };
  process.on('unhandledRejection', shutDown);
  process.on('uncaughtException', shutDown);
  // A closed stdout or stderr is no reason to stop serving.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

/** Prints the reason, without a stack, and exits with 1. */
export function exitWithError(error: unknown): void {
  const problems = error instanceof ConfigError ? error.problems : [describe(error)];
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exit(1);
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
