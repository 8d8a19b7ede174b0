// The cost of admission: authentication and the limits on documents, cost and rate, for a query of
// 100 rows with all fields. Compares the gateway with bearer tokens to the same gateway without
// admission, in alternating rounds. Compare the ratio. `npm run bench:limits` prints a Markdown
// table. Linux only: reads the CPU time of each process from /proc.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** Many short rounds, so that other load on the machine slows both servers alike. */
const ROUNDS = 60;
const REQUESTS = 40;
const WARM_UP_ROUNDS = 8;
const CONNECTIONS = 4;
const TICKS_PER_SECOND = 100;
const PROFILE_ROUNDS = 5;
/**
 * The files of admission. Hooks such as load shedding are left out: they call everything that runs
 * after them, and the profile would count all of it.
 */
const ADMISSION = new RegExp(
  [
    'dist/graphql/limits/',
    'dist/server/auth/',
    'dist/server/apollo/admission-plugin',
    'dist/server/limits/(?:admission|rate-limiter)',
  ].join('|'),
);
const here = (file) => new URL(file, import.meta.url).pathname;

const QUERY = `query Page { asyncInvokes(first: 100) {
  pageInfo { endCursor hasNextPage }
  edges { cursor node {
    id invocationArn modelArn modelId clientRequestToken status rawStatus failureMessage
    submitTime lastModifiedTime endTime durationSeconds region accountId
    outputDataConfig { ... on AsyncInvokeS3OutputDataConfig {
      s3Uri kmsKeyId bucketOwner bucket keyPrefix } } } } } }`;

const children = [];
const issuer = await startIssuer();
const emulator = await start(
  [
    here('../dist/main.js'),
    'emulator',
    '--port',
    '0',
    '--jobs',
    '500',
    '--arrival-interval-ms',
    '0',
  ],
  {},
  /ENDPOINT_URL_BEDROCK_RUNTIME=(\S+)/,
);
const env = {
  PORT: '0',
  AWS_REGION: 'us-east-1',
  AWS_ENDPOINT_URL_BEDROCK_RUNTIME: emulator.url,
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  LIST_CACHE_TTL_MS: '0',
  UPSTREAM_CALLS_PER_SECOND: 'off',
  UPSTREAM_CALLS_PER_SECOND_PER_CALLER: 'off',
};
const listening = /listening on (http:[^"]+)|Server listening at (http:[^"]+)/;
const withAdmission = await start(
  [here('../dist/main.js'), 'serve'],
  { ...env, ...issuer.variables, RATE_LIMIT: '1000000000' },
  listening,
);
const withoutAdmission = await start([here('./no-admission-server.mjs')], env, listening);

const totals = { withAdmission: 0, withoutAdmission: 0 };
for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round += 1) {
  const servers = Object.entries({ withAdmission, withoutAdmission });
  // Alternate the order, because the first measurement of a round may affect the second.
  if (round % 2 === 1) servers.reverse();
  for (const [name, server] of servers) {
    const cpu = await measure(server);
    if (round >= WARM_UP_ROUNDS) totals[name] += cpu / ROUNDS;
  }
}
const share = await profile();
console.log(`|                                 | CPU per request |
| ------------------------------- | --------------- |
| without admission               | ${totals.withoutAdmission.toFixed(2)} ms |
| with admission                  | ${totals.withAdmission.toFixed(2)} ms |
| with : without                  | ${(totals.withAdmission / totals.withoutAdmission).toFixed(3)} |
| share of admission in a profile | ${share.toFixed(1)} % |`);
for (const child of children) child.kill();
issuer.stop();

/**
 * Profiles one process. Unlike the ratio of two processes, a profile does not include the noise of
 * the machine.
 */
async function profile() {
  const folder = mkdtempSync(join(tmpdir(), 'limits-'));
  const server = await start(
    ['--cpu-prof', `--cpu-prof-dir=${folder}`, here('../dist/unbundled.js'), 'serve'],
    { ...env, ...issuer.variables, RATE_LIMIT: '1000000000' },
    listening,
  );
  for (let round = 0; round < PROFILE_ROUNDS; round += 1) await measure(server);
  server.child.kill('SIGINT');
  await once(server.child, 'exit');
  const [file] = readdirSync(folder);
  const share = admissionShare(JSON.parse(readFileSync(join(folder, file), 'utf8')));
  rmSync(folder, { recursive: true });
  return share;
}

/**
 * Returns the percentage of busy time spent in the files of admission or in functions they call.
 */
function admissionShare({ nodes, samples: ids, timeDeltas }) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(
    nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])),
  );
  const isAdmission = (id) => {
    for (let node = id; node !== undefined; node = parents.get(node)) {
      if (ADMISSION.test(byId.get(node).callFrame.url)) return true;
    }
    return false;
  };
  let busy = 0;
  let admission = 0;
  ids.forEach((id, index) => {
    if (byId.get(id).callFrame.functionName === '(idle)') return;
    busy += timeDeltas[index];
    if (isAdmission(id)) admission += timeDeltas[index];
  });
  return (admission * 100) / busy;
}

async function measure({ url, pid }) {
  let remaining = REQUESTS;
  const before = cpuMs(pid);
  const worker = async () => {
    while (remaining > 0) {
      remaining -= 1;
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${issuer.token}` },
        body: JSON.stringify({ query: QUERY }),
      });
      const { data, errors } = await response.json();
      if (errors || data.asyncInvokes.edges.length !== 100) throw new Error(JSON.stringify(errors));
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  return (cpuMs(pid) - before) / REQUESTS;
}

function cpuMs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
}

async function start(args, variables, announcement) {
  const child = spawn(...pinned(process.execPath, args), {
    env: { PATH: process.env.PATH, ...variables },
  });
  children.push(child);
  child.stderr.pipe(process.stderr);
  for await (const line of createInterface({ input: child.stdout })) {
    const [, first, second] = announcement.exec(line) ?? [];
    if (!first && !second) continue;
    child.stdout.resume();
    return { url: first ?? second, pid: child.pid, child };
  }
  throw new Error(`${args[0]} did not start`);
}

/** Pins all servers to one core, for equal conditions. The load runs on another core. */
function pinned(command, args) {
  return existsSync('/usr/bin/taskset')
    ? ['taskset', ['-c', '0', command, ...args]]
    : [command, args];
}

async function startIssuer() {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256', use: 'sig' };
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const token = await new SignJWT({ scope: 'async-invokes:read' })
    .setProtectedHeader({ alg: 'RS256', kid: 'k' })
    .setIssuer('https://issuer.example')
    .setAudience('bench')
    .setSubject('bench')
    .setExpirationTime('1h')
    .sign(privateKey);
  return {
    token,
    stop: () => server.close(),
    variables: {
      AUTH_JWKS_URL: `http://127.0.0.1:${server.address().port}/jwks`,
      AUTH_ISSUER: 'https://issuer.example',
      AUTH_AUDIENCE: 'bench',
    },
  };
}
