// What a thousand clients that follow all jobs by WebSocket cost, against one: calls upstream, CPU, memory, and whether each
// of them is told of every change exactly once. `npm run bench:subscriptions` prints a Markdown table.
import { setTimeout } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { createEmulator } from '../dist/emulator/emulator.js';
import { freePort, keptMb } from './harness/heap.mjs';
import {
  cpuMs,
  residentMb,
  startServer,
  stayOffTheServersCore,
  stopAll,
} from './harness/processes.mjs';

const CLIENTS = [1, 1000];
const SECONDS = 30;
const SETTLE_MS = 3000;
const JOBS_AT_START = 40;
const SUBMIT_EVERY_MS = 300;
const LASTS_MS = [2000, 12_000];
const QUERY = `subscription { asyncInvokeChanged {
  id invocationArn modelId status failureMessage submitTime endTime durationSeconds
  outputDataConfig { ... on AsyncInvokeS3OutputDataConfig { s3Uri } } } }`;

stayOffTheServersCore();
const rows = [];
for (const clients of CLIENTS) rows.push(await measure(clients));
stopAll();
print(rows);
if (rows.some(({ wrong }) => wrong > 0)) process.exitCode = 1;

async function measure(count) {
  const emulator = await createEmulator().start();
  const inspectorPort = await freePort();
  const memory = async ({ pid }) => ({
    kept: await keptMb(inspectorPort),
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
  // Connections, compiled code and the like are there from the first time on.
  await Promise.all((await follow(server, count)).map(leave));
  await setTimeout(SETTLE_MS);
  const before = await memory(server);

  const running = Array.from({ length: JOBS_AT_START }, () => submit(emulator, SECONDS * 1000));
  const clients = await follow(server, count);
  const told = () => clients.every(({ states }) => running.every((arn) => states.has(arn)));
  while (!told()) await setTimeout(10);
  const { received } = emulator.counts;
  const cpuBefore = cpuMs(server.pid);
  const end = performance.now() + SECONDS * 1000;
  while (performance.now() < end) {
    submit(emulator);
    await setTimeout(SUBMIT_EVERY_MS);
  }
  const calls = emulator.counts.received - received;
  const cpu = (cpuMs(server.pid) - cpuBefore) / SECONDS / 10;
  const during = await memory(server);
  await setTimeout(LASTS_MS[1] + SETTLE_MS);
  const changes = clients[0].changes;
  const wrong = clients.filter((client) => !isRight(client, emulator)).length;
  await Promise.all(clients.map(leave));
  await setTimeout(SETTLE_MS);
  const after = await memory(server);
  await server.stop();
  await emulator.destroy();
  return { count, calls, changes, wrong, cpu, before, during, after };
}

function submit(emulator, lastsMs = between(LASTS_MS)) {
  return emulator.addJob({ endTime: Date.now() + lastsMs }).invocationArn;
}

function between([least, most]) {
  return least + Math.random() * (most - least);
}

function follow({ url }, count) {
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

/** Every job in progress and then over, once each; a short one may have been over when it was first seen. */
function isRight({ states }, emulator) {
  const all = emulator.jobs();
  if (states.size !== all.length) return false;
  return all.every(({ invocationArn }) =>
    /^(?:IN_PROGRESS,)?(?:COMPLETED|FAILED)$/.test((states.get(invocationArn) ?? []).join()),
  );
}

async function leave({ socket }) {
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.close();
  await closed;
}

function print([one, many]) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const headings = ['clients', 'calls upstream', 'changes each', 'told wrongly', 'core'];
  headings.push('MB kept: before', 'during', 'after', 'MB resident: before', 'during', 'after');
  console.log(line(headings));
  console.log(line(headings.map(() => '---')));
  for (const { count, calls, changes, wrong, cpu, before, during, after } of [one, many]) {
    const moments = [before, during, after];
    const megabytes = [
      ...moments.map(({ kept }) => kept.toFixed(1)),
      ...moments.map(({ resident }) => resident.toFixed(0)),
    ];
    console.log(line([count, calls, changes, wrong, `${cpu.toFixed(1)} %`, ...megabytes]));
  }
  console.log(`\nCalls for ${many.count} : for one = ${(many.calls / one.calls).toFixed(2)}`);
}
