// Measures from outside how long the event loop of the gateway is held: pings `/livez` every 20 ms
// on a separate connection. A ping that is sent while the loop is held waits for the rest of that
// time, so a value can be up to 20 ms too low.
import { Agent, get } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { waitedMs } from '../harness/processes.mjs';
import { serveTasks } from './task-process.mjs';

const INTERVAL_MS = 20;
const TIMEOUT_MS = 10_000;

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let figures = createFigures();
/** The ping that has no response yet. */
let openPing;

serveTasks({
  start: ({ url, pid }) => void pingWhileRunning(url, pid),
  take: () => {
    recordHeld();
    const taken = figures;
    figures = createFigures();
    return taken;
  },
});

/** `lateMs` is how late the timer of this process fired: the noise of the measurement. */
function createFigures() {
  return { heldMs: 0, lateMs: 0 };
}

/** Ends when the gateway has ended. */
async function pingWhileRunning(url, pid) {
  try {
    for (;;) await pingOnce(url, pid);
  } catch {
    openPing = undefined;
  }
}

async function pingOnce(url, pid) {
  const due = performance.now() + INTERVAL_MS;
  await setTimeout(INTERVAL_MS);
  const start = performance.now();
  figures.lateMs = Math.max(figures.lateMs, start - due);
  openPing = { pid, start, waitedBefore: waitedMs(pid) };
  // A failed ping also shows how long the loop was held.
  await ping(url).catch(() => undefined);
  recordHeld();
  openPing = undefined;
}

/** While other processes had the core of the gateway, no request held its event loop. */
function recordHeld() {
  if (!openPing) return;
  const { pid, start, waitedBefore } = openPing;
  const heldMs = performance.now() - start - (waitedMs(pid) - waitedBefore);
  figures.heldMs = Math.max(figures.heldMs, heldMs);
}

function ping(url) {
  return new Promise((resolve, reject) => {
    const request = get(`${url}/livez`, { agent, timeout: TIMEOUT_MS }, (response) => {
      response.resume().once('end', resolve).once('error', reject);
    });
    request.once('error', reject);
    request.once('timeout', () => request.destroy(new Error('timeout')));
  });
}
