// The load: a separate process that receives its tasks over IPC. Every response must have the
// status and length of the response that was checked before the measurement. A different response
// ends the run in `saturate`, and counts as a failure in `poll`.
import { setTimeout } from 'node:timers/promises';
import { KeepAlive, toBytes } from './harness/keep-alive.mjs';
import { cpuMs, residentMb, waitedMs } from './harness/processes.mjs';

/** Per connection, the text of every 50th response is checked, starting with the first. */
const CHECK_TEXT_EVERY = 50;
/**
 * Time for the server to accept all connections before the load starts. It accepts one per turn of
 * its event loop, so under load the last ones would wait for seconds.
 */
const ACCEPT_MS = 100;
const tasks = { saturate, poll };

process.on('message', async ({ type, ...task }) => {
  try {
    process.send({ result: await tasks[type](task) });
  } catch (error) {
    process.send({ error: error.message });
  }
});

/**
 * Sends the next request on each connection as soon as the response arrives, until the time is
 * over. Then waits for the open requests, so that the CPU time is that of the counted responses and
 * the next measurement starts idle.
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

/** Sends one request per connection and interval, with the connections spread over the interval. */
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
  return { responses: latencies.length, failed, ...percentiles(latencies) };
}

async function prepare(port, request, connections) {
  const sockets = [];
  for (let i = 0; i < connections; i += 1) sockets.push(await KeepAlive.open(port));
  await setTimeout(ACCEPT_MS);
  return { sockets, bytes: toBytes(request) };
}

async function timed(socket, bytes, count, expectedBytes) {
  const start = performance.now();
  const response = await socket.send(bytes, count % CHECK_TEXT_EVERY === 0);
  const latency = performance.now() - start;
  if (
    response.status !== 200 ||
    response.bytes !== expectedBytes ||
    response.text?.includes('"errors"')
  ) {
    const { status, bytes: length, text = '' } = response;
    throw new Error(`status ${status}, ${length} of ${expectedBytes} bytes: ${text.slice(0, 300)}`);
  }
  return latency;
}

function percentiles(latencies) {
  const sorted = Float64Array.from(latencies).sort();
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return { p50: at(0.5), p99: at(0.99) };
}
