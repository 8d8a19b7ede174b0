// Starts everything on this machine: an emulated Amazon Bedrock, the gateway as a subgraph, the
// render queue, and a router in front of both. `--any-port` uses free ports instead of 4000, 4001,
// 4002 and 4010.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { relative } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** In your own project, use `npx bedrock-async-graphql`. */
const BEDROCK_ASYNC_GRAPHQL = path('../../dist/main.js');

const anyPort = process.argv.includes('--any-port');
const port = (fixed) => (anyPort ? '0' : String(fixed));
const children = [];
let stopping = false;

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop(0));

try {
  await startAll();
} catch (error) {
  console.error(error.message);
  await stop(1);
}

async function startAll() {
  const emulator = await start(
    'the emulator',
    [BEDROCK_ASYNC_GRAPHQL, 'emulator', '--port', port(4010), '--duration-scale', '0.2'],
    {},
    /ENDPOINT_URL_BEDROCK_RUNTIME=(\S+)/,
  );
  const aws = {
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: emulator,
    AWS_REGION: 'us-east-1',
    AWS_ACCOUNT_ID: '111122223333',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  const bedrock = await start(
    'the subgraph',
    [BEDROCK_ASYNC_GRAPHQL, 'serve', '--port', port(4001)],
    { ...aws, GRAPH_ROLE: 'subgraph' },
    /listening on (http:[^"]+)/,
  );
  const renderQueue = await start(
    'the render queue',
    [path('./render-queue/server.mjs')],
    { ...aws, PORT: port(4002) },
    /render queue on (\S+)/,
  );
  const router = await start(
    'the router',
    [path('./router.mjs')],
    { PORT: port(4000), BEDROCK_URL: `${bedrock}/graphql`, RENDER_QUEUE_URL: renderQueue },
    /router on (\S+)/,
  );
  const here = (file) => relative(process.cwd(), path(file));
  console.log(`The supergraph is ready.

  Router         ${router}
  Bedrock        ${bedrock}/graphql
  Render queue   ${renderQueue}
  Emulator       ${emulator}

In another terminal, try the queries in ${here('./queries')}:

  node ${here('./query.mjs')} ${router} ${here('./queries/renders.graphql')}

Press Ctrl+C to stop.`);
}

/** Runs a script and returns the URL that it prints. If one process exits, all are stopped. */
async function start(name, args, env, announcement) {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let errorOutput = '';
  child.stderr.on('data', (chunk) => (errorOutput += chunk));
  for await (const line of createInterface({ input: child.stdout })) {
    const [, url] = announcement.exec(line) ?? [];
    if (!url) continue;
    child.stdout.resume();
    child.stderr.pipe(process.stderr);
    child.once('exit', () => stop(1));
    return url;
  }
  const [, portInUse] = /EADDRINUSE\D*[\d.]+:(\d+)/.exec(errorOutput) ?? [];
  throw new Error(
    portInUse
      ? `${name}: port ${portInUse} is in use. Stop its process (\`npm start\`?) or use --any-port.`
      : `${name} did not start: ${errorOutput}`,
  );
}

async function stop(code) {
  if (stopping) return;
  stopping = true;
  const running = children.filter(({ exitCode, signalCode }) => exitCode === null && !signalCode);
  await Promise.all(
    running.map((child) => {
      child.kill();
      return once(child, 'exit');
    }),
  );
  process.exit(code);
}

function path(file) {
  return fileURLToPath(new URL(file, import.meta.url));
}
