import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const TICKS_PER_SECOND = 100;
const ANNOUNCEMENT = /listening (?:on|at) (http:\/\/[^"\s]+)/;
const SERVER_CORE = '0';
const LOAD_CORE = '1';
const running = new Set();

export const isPinned = existsSync('/usr/bin/taskset');

/** Pins this process to the load core. Child processes inherit the core, except for the servers. */
export function pinToLoadCore() {
  if (isPinned) execFileSync('taskset', ['-acp', LOAD_CORE, `${process.pid}`]);
}

/** Starts a server on the server core. Resolves when the server prints its address. */
export async function startServer({ script, args = [], nodeFlags = [], env }) {
  return waitForAddress(
    spawn(...onServerCore([...nodeFlags, script, ...args]), options(env)),
    script,
  );
}

/** Starts the scripted upstream or the load on the core of this process. */
export function startHelper(script, stdio) {
  const child = spawn(process.execPath, [script], { ...options({}), ...(stdio && { stdio }) });
  remember(child);
  return child;
}

/**
 * Waits for the address of a server. Then keeps draining its log, because a full pipe blocks it.
 */
export async function waitForAddress(child, name) {
  remember(child);
  for await (const line of createInterface({ input: child.stdout })) {
    const [, url] = ANNOUNCEMENT.exec(line) ?? [];
    if (!url) continue;
    child.stdout.resume();
    return { url: new URL(url).origin, pid: child.pid, stop: () => stop(child) };
  }
  throw new Error(`${name} did not start`);
}

export function stopAll() {
  for (const child of running) child.kill('SIGKILL');
}

/** Returns the CPU time of all threads of the process so far. */
export function cpuMs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
}

/** Returns how long the main thread was runnable while other processes had the core. */
export function waitedMs(pid) {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
}

export function residentMb(pid) {
  return readMb(pid, /VmRSS:\s+(\d+) kB/);
}

/** Returns the largest resident memory so far. */
export function peakMb(pid) {
  return readMb(pid, /VmHWM:\s+(\d+) kB/);
}

function readMb(pid, pattern) {
  const [, kilobytes] = pattern.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(kilobytes) / 1024;
}

function onServerCore(args) {
  return isPinned
    ? ['taskset', ['-c', SERVER_CORE, process.execPath, ...args]]
    : [process.execPath, args];
}

function options(env) {
  return {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  };
}

function remember(child) {
  running.add(child);
  child.once('exit', () => running.delete(child));
}

async function stop(child) {
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}
