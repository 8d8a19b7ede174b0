import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { GATEWAY } from './servers.mjs';
import { isPinned } from './processes.mjs';

/** Describes the machine, which the figures depend on, and the measured commit. */
export function describeMachine() {
  return {
    date: new Date().toISOString(),
    commit: git('describe', '--always', '--dirty', '--abbrev=7', '--exclude=*'),
    cpu: cpus()[0].model,
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    isPinned,
    loadBefore: loadavg()[0],
  };
}

function git(...args) {
  return execFileSync('git', args, { cwd: dirname(GATEWAY.script), encoding: 'utf8' }).trim();
}
