// The load: a process of its own beside the upstream, told over IPC what to ask and of whom. Every answer must be what the
// same question was answered with before the measurement. Anything else ends the run, or is counted where servers are
// asked for more than they may have.
import { setTimeout } from 'node:timers/promises';
import { KeepAlive, toBytes } from './harness/keep-alive.mjs';
import { cpuMs, residentMb, waitedMs } from './harness/processes.mjs';

/** Of so many answers of a connection one is read, the first included; of all, the status and the length. */
const SAMPLE = 50;
/** A server takes on one connection in a turn of its loop: once it has work, the last ones would wait for seconds. */
const UNTIL_ACCEPTED_MS = 100;
const works = { saturate, poll };

process.on('message', async ({ work, ...task }) => {
  try {
    process.send({ result: await works[work](task) });
  } catch (error) {
    process.send({ error: error.message });
  }
});

/**
 * So many connections that ask again as soon as they are answered, until the time is over; then the rest is waited for,
 * so that the CPU is that of the answers counted and the next server's turn begins in silence.
 */
async function saturate({ port, pid, request, expectedBytes, connections, seconds }) {
  const { sockets, bytes } = await prepare(port, request, connections);
  const latencies = [];
  const before = { cpu: cpuMs(pid), waited: waitedMs(pid) };
  const start = performance.now();
  const end = start + seconds * 1000;
  const work = async (socket) => {
    for (let count = 0; count === 0 || performance.now() < end; count += 1) {
      latencies.push(await timed(socket, bytes, count, expectedBytes));
    }
  };
  await Promise.all(sockets.map(work));
  const elapsed = performance.now() - start;
  const cpu = cpuMs(pid) - before.cpu;
  const waited = waitedMs(pid) - before.waited;
  for (const socket of sockets) socket.close();
  return {
    requests: latencies.length,
    perSecond: (latencies.length * 1000) / elapsed,
    cpuMs: cpu / latencies.length,
    busy: cpu / elapsed,
    waited: waited / elapsed,
    rssMb: residentMb(pid),
    ...percentiles(latencies),
  };
}

/** So many connections that ask once in an interval, spread over it evenly. */
async function poll({ port, request, expectedBytes, connections, intervalMs, seconds }) {
  const { sockets, bytes } = await prepare(port, request, connections);
  const latencies = [];
  let failed = 0;
  const start = performance.now();
  const work = async (socket, index) => {
    for (let count = 0; count < (seconds * 1000) / intervalMs; count += 1) {
      const due = start + (count + index / connections) * intervalMs;
      await setTimeout(Math.max(0, due - performance.now()));
      try {
        latencies.push(await timed(socket, bytes, count, expectedBytes));
      } catch {
        failed += 1;
      }
    }
  };
  await Promise.all(sockets.map(work));
  for (const socket of sockets) socket.close();
  return { answered: latencies.length, failed, ...percentiles(latencies) };
}

async function prepare(port, request, connections) {
  const sockets = [];
  for (let i = 0; i < connections; i += 1) sockets.push(await KeepAlive.open(port));
  await setTimeout(UNTIL_ACCEPTED_MS);
  return { sockets, bytes: toBytes(request) };
}

async function timed(socket, bytes, count, expectedBytes) {
  const start = performance.now();
  const answer = await socket.ask(bytes, count % SAMPLE === 0);
  const latency = performance.now() - start;
  if (
    answer.status !== 200 ||
    answer.bytes !== expectedBytes ||
    answer.text?.includes('"errors"')
  ) {
    const { status, bytes: length, text = '' } = answer;
    throw new Error(`status ${status}, ${length} of ${expectedBytes} bytes ${text.slice(0, 300)}`);
  }
  return latency;
}

function percentiles(latencies) {
  const sorted = Float64Array.from(latencies).sort();
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return { p50: at(0.5), p99: at(0.99) };
}
