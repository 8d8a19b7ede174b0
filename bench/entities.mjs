// Compares one list call with many get calls: the figures behind the rule in
// src/invocations/get-many.ts. Both are measured in one run, in alternating rounds. Compare the
// ratios, not the milliseconds. `npm run bench:entities` prints a Markdown table.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import pLimit from 'p-limit';
import { BedrockSource } from '../dist/bedrock/bedrock-source.js';

const ROUNDS = 5;
const RUNS = 20;
const CONCURRENT_GETS = 8;
const ROWS_PER_ARN = 10;
const ignore = () => undefined;
const callContext = {
  signal: new AbortController().signal,
  deadline: Infinity,
  bypassCache: true,
  onRecoveredError: ignore,
  onUpstreamCall: ignore,
  onRead: ignore,
};

console.log('| upstream latency | ARNs | gets | one list | list : gets, CPU | list : gets, time |');
console.log('| --- | --- | --- | --- | --- | --- |');
for (const latencyMs of [0, 20]) {
  const emulator = await startEmulator(latencyMs);
  const source = await BedrockSource.create({
    region: 'us-east-1',
    endpoint: emulator.url,
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    maxAttempts: 1,
    attemptTimeoutMs: 10_000,
    maxResponseBytes: 8_388_608,
    concurrency: 32,
    queue: 512,
    breaker: { samples: 20, resetMs: 5000 },
  });
  for (const count of [10, 30, 100]) await compare(source, latencyMs, count);
  source.destroy();
  emulator.stop();
}

async function compare(source, latencyMs, count) {
  const maxResults = count * ROWS_PER_ARN;
  const list = () => source.list({ direction: 'DESC', maxResults }, callContext);
  const { rows } = await list();
  const arns = rows.slice(0, count).map(({ invocationArn }) => invocationArn);
  const gets = () => {
    const limit = pLimit(CONCURRENT_GETS);
    return Promise.all(arns.map((arn) => limit(() => source.get(arn, callContext))));
  };
  const samples = { gets: [], list: [] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    const sample = { gets: await measure(gets), list: await measure(list) };
    // The first round is a warm-up.
    if (round > 0) for (const key of ['gets', 'list']) samples[key].push(sample[key]);
  }
  const [g, l] = [median(samples.gets), median(samples.list)];
  const cells = [
    `${latencyMs} ms`,
    count,
    `${count} calls, ${g.cpu.toFixed(1)} ms CPU, ${g.wall.toFixed(0)} ms`,
    `1 call, ${rows.length} rows, ${l.cpu.toFixed(1)} ms CPU, ${l.wall.toFixed(0)} ms`,
    (l.cpu / g.cpu).toFixed(2),
    (l.wall / g.wall).toFixed(2),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}

async function measure(work) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  for (let run = 0; run < RUNS; run += 1) await work();
  const { user, system } = process.cpuUsage(cpu);
  return { cpu: (user + system) / 1000 / RUNS, wall: (performance.now() - start) / RUNS };
}

function median(samples) {
  const middle = (key) => samples.map((sample) => sample[key]).sort((a, b) => a - b)[ROUNDS >> 1];
  return { cpu: middle('cpu'), wall: middle('wall') };
}

/** Starts the emulator in a separate process, so that its CPU time is not counted. */
async function startEmulator(latencyMs) {
  const main = new URL('../dist/main.js', import.meta.url).pathname;
  const args = ['emulator', '--port', '0', '--jobs', '2000', '--arrival-interval-ms', '0'];
  const child = spawn(process.execPath, [main, ...args, '--latency-ms', `${latencyMs}`]);
  for await (const line of createInterface({ input: child.stdout })) {
    const [, url] = /ENDPOINT_URL_BEDROCK_RUNTIME=(\S+)/.exec(line) ?? [];
    if (url) return { url, stop: () => child.kill() };
  }
  throw new Error('the emulator did not start');
}
