// Compares a thousand clients that follow all jobs over WebSocket with one: upstream calls, CPU,
// memory, and whether each client receives every change exactly once. `npm run bench:subscriptions`
// prints a Markdown table.
import { setTimeout } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { createEmulator } from '../dist/emulator/emulator.js';
import { freePort, retainedMb } from './harness/heap.mjs';
import { cpuMs, residentMb, startServer, pinToLoadCore, stopAll } from './harness/processes.mjs';

const CLIENTS = [1, 1000];
const SECONDS = 30;
const SETTLE_MS = 3000;
const JOBS_AT_START = 40;
const SUBMIT_INTERVAL_MS = 300;
const DURATION_RANGE_MS = [2000, 12_000];
const QUERY = `subscription { asyncInvokeChanged {
  id invocationArn modelId status failureMessage submitTime endTime durationSeconds
  outputDataConfig { ... on AsyncInvokeS3OutputDataConfig { s3Uri } } } }`;

pinToLoadCore();
const rows = [];
for (const clients of CLIENTS) rows.push(await measure(clients));
stopAll();
print(rows);
if (rows.some(({ wrong }) => wrong > 0)) process.exitCode = 1;

async function measure(count) {
  const emulator = await createEmulator().start();
  const inspectorPort = await freePort();
  const memory = async ({ pid }) => ({
    retained: await retainedMb(inspectorPort),
    resident: residentMb(pid),
  });
  const server = await startServer({
    script: new URL('../dist/main.js', import.meta.url).pathname,
    args: ['serve'],
    env: {
      PORT: '0',
      LOG_LEVEL: 'info',
      AWS_REGION: emulator.region,
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: emulator.url,
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
      NODE_OPTIONS: `--inspect=127.0.0.1:${inspectorPort} --inspect-publish-uid=http`,
    },
  });
  // Warm-up: allocates connections, compiled code and the like before the first measurement.
  await Promise.all((await connectAll(server, count)).map(disconnect));
  await setTimeout(SETTLE_MS);
  const before = await memory(server);

  const running = Array.from({ length: JOBS_AT_START }, () => submit(emulator, SECONDS * 1000));
  const clients = await connectAll(server, count);
  const haveInitialState = () =>
    clients.every(({ states }) => running.every((arn) => states.has(arn)));
  while (!haveInitialState()) await setTimeout(10);
  const { received } = emulator.counts;
  const cpuBefore = cpuMs(server.pid);
  const end = performance.now() + SECONDS * 1000;
  while (performance.now() < end) {
    submit(emulator);
    await setTimeout(SUBMIT_INTERVAL_MS);
  }
  const calls = emulator.counts.received - received;
  const cpu = (cpuMs(server.pid) - cpuBefore) / SECONDS / 10;
  const during = await memory(server);
  await setTimeout(DURATION_RANGE_MS[1] + SETTLE_MS);
  const changes = clients[0].changes;
  const wrong = clients.filter((client) => !isCorrect(client, emulator)).length;
  await Promise.all(clients.map(disconnect));
  await setTimeout(SETTLE_MS);
  const after = await memory(server);
  await server.stop();
  await emulator.destroy();
  return { count, calls, changes, wrong, cpu, before, during, after };
}

function submit(emulator, durationMs = randomBetween(DURATION_RANGE_MS)) {
  return emulator.addJob({ endTime: Date.now() + durationMs }).invocationArn;
}

function randomBetween([min, max]) {
  return min + Math.random() * (max - min);
}

function connectAll({ url }, count) {
  return Promise.all(Array.from({ length: count }, () => connect(url)));
}

function connect(url) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const client = { socket, states: new Map(), changes: 0 };
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('open', () => socket.send('{"type":"connection_init"}'));
    socket.on('message', (data) => {
      const { type, payload } = JSON.parse(data);
      if (type === 'connection_ack') {
        socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: QUERY } }));
        resolve(client);
      } else if (type === 'next') {
        const { invocationArn, status } = payload.data.asyncInvokeChanged;
        const states = client.states.get(invocationArn) ?? [];
        client.states.set(invocationArn, [...states, status]);
        client.changes += 1;
      } else reject(new Error(`${type}: ${JSON.stringify(payload)}`));
    });
  });
}

/**
 * Returns whether a client received every job exactly once in progress and once ended. A short job
 * may have ended before the gateway first saw it.
 */
function isCorrect({ states }, emulator) {
  const all = emulator.jobs();
  if (states.size !== all.length) return false;
  return all.every(({ invocationArn }) =>
    /^(?:IN_PROGRESS,)?(?:COMPLETED|FAILED)$/.test((states.get(invocationArn) ?? []).join()),
  );
}

async function disconnect({ socket }) {
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.close();
  await closed;
}

function print([one, many]) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const headings = [
    'clients',
    'upstream calls',
    'changes per client',
    'clients with errors',
    'core',
  ];
  headings.push('MB retained: before', 'during', 'after', 'MB resident: before', 'during', 'after');
  console.log(line(headings));
  console.log(line(headings.map(() => '---')));
  for (const { count, calls, changes, wrong, cpu, before, during, after } of [one, many]) {
    const moments = [before, during, after];
    const megabytes = [
      ...moments.map(({ retained }) => retained.toFixed(1)),
      ...moments.map(({ resident }) => resident.toFixed(0)),
    ];
    console.log(line([count, calls, changes, wrong, `${cpu.toFixed(1)} %`, ...megabytes]));
  }
  console.log(
    `\nUpstream calls for ${many.count} clients : for one = ${(many.calls / one.calls).toFixed(2)}`,
  );
}
