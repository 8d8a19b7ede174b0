// The Amazon Bedrock of the attack benchmark: the emulator in its own process. Counts the calls of
// each caller.
import { createEmulator } from '../../dist/emulator/emulator.js';
import { serveTasks } from './task-process.mjs';

const LATENCY_MS = 10;
const JOBS = 1200;
const KNOWN_JOBS = 100;

/** The quiet caller and the attacker filter by times of different years. */
const CALLER_OF_YEAR = { 2001: 'quiet', 2002: 'attacker' };

let emulator;
let knownArns;

serveTasks({ start, takeCalls });

/** Starts the emulator. All jobs have failed if there is a failure message. */
async function start({ failureMessage }) {
  emulator = createEmulator({ knobs: { latencyMs: LATENCY_MS } });
  await emulator.start();
  const submitTime = Date.now() - 86_400_000;
  for (let i = 0; i < JOBS; i += 1) {
    const endTime = submitTime + i + 1;
    emulator.addJob({ submitTime: submitTime + i, endTime, failureMessage });
  }
  const arns = emulator.jobs().map(({ invocationArn }) => invocationArn);
  const runningArn = emulator.addJob({ outcome: 'InProgress' }).invocationArn;
  knownArns = new Set([...arns.slice(0, KNOWN_JOBS), runningArn]);
  const { url, region, accountId } = emulator;
  return { url, region, accountId, runningArn, knownArns: arns.slice(0, KNOWN_JOBS) };
}

/** Returns the calls since the last time. `shared` are lists that may be of either caller. */
function takeCalls() {
  const calls = { attacker: 0, quiet: 0, shared: 0, starts: 0 };
  for (const request of emulator.requests) {
    calls[callerOf(request)] += 1;
    if (request.operation === 'StartAsyncInvoke') calls.starts += 1;
  }
  emulator.clearRequests();
  return calls;
}

function callerOf({ operation, path, query }) {
  if (operation === 'ListAsyncInvokes') {
    return CALLER_OF_YEAR[query.submitTimeAfter?.slice(0, 4)] ?? 'shared';
  }
  const arn = decodeURIComponent(path.slice('/async-invoke/'.length));
  return operation === 'GetAsyncInvoke' && knownArns.has(arn) ? 'quiet' : 'attacker';
}
