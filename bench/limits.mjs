// What the guard costs: who may ask, limits of documents, cost and rate, of a query for 100 rows with all their fields.
// The gateway as it is served, with bearer tokens, against the same parts without the guard, in turns in one run; read the
// ratio. `npm run bench:limits` prints a Markdown table. Linux only: the CPU of each process is read from /proc.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** Short turns, so that a machine that is busy for a while slows both sides alike. */
const ROUNDS = 60;
const REQUESTS = 40;
const WARM_UP_ROUNDS = 8;
const AT_ONE_TIME = 4;
const TICKS_PER_SECOND = 100;
const PROFILE_ROUNDS = 5;
/** Load shedding calls whatever comes after it, so only what it calls itself is counted: its clock. */
const GUARD =
  /dist\/(?:server\/(?:guard-plugin|rate-limiter|auth\/)|graphql\/(?:document-limits|operation-request|cost|references))/;
const here = (file) => new URL(file, import.meta.url).pathname;

const QUERY = `query Page { asyncInvokes(first: 100) { pageInfo { endCursor hasNextPage } edges { cursor node {
  id invocationArn modelArn modelId clientRequestToken status rawStatus failureMessage submitTime lastModifiedTime
  endTime durationSeconds region accountId outputDataConfig { ... on AsyncInvokeS3OutputDataConfig {
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
};
const listening = /listening on (http:[^"]+)|Server listening at (http:[^"]+)/;
const guarded = await start(
  [here('../dist/main.js'), 'serve'],
  { ...env, ...issuer.variables, RATE_LIMIT: '1000000000' },
  listening,
);
const unguarded = await start([here('./unguarded-server.mjs')], env, listening);

const totals = { guarded: 0, unguarded: 0 };
for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round += 1) {
  const turns = Object.entries({ guarded, unguarded });
  // Whoever goes first meets another machine than who goes second.
  if (round % 2 === 1) turns.reverse();
  for (const [name, server] of turns) {
    const cpu = await measure(server);
    if (round >= WARM_UP_ROUNDS) totals[name] += cpu / ROUNDS;
  }
}
const { guarded: g, unguarded: u } = totals;
const share = await profile();
console.log(`|                                  | CPU a request |
| -------------------------------- | ------------- |
| without the guard                | ${u.toFixed(2)} ms |
| with it                          | ${g.toFixed(2)} ms |
| with : without                   | ${(g / u).toFixed(3)} |
| the guard's share, in a profile  | ${share.toFixed(1)} % |`);
for (const child of children) child.kill();
issuer.stop();

/** A ratio of two processes shows the machine's noise as well; a profile of one shows where its time goes. */
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
  const share = shareOfGuard(JSON.parse(readFileSync(join(folder, file), 'utf8')));
  rmSync(folder, { recursive: true });
  return share;
}

/** Of the time that the process was busy, in percent, what was spent in the guard's files or called from them. */
function shareOfGuard({ nodes, samples: ids, timeDeltas }) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(
    nodes.flatMap(({ id, children: below = [] }) => below.map((c) => [c, id])),
  );
  const isGuard = (id) => {
    for (let at = id; at !== undefined; at = parents.get(at)) {
      if (GUARD.test(byId.get(at).callFrame.url)) return true;
    }
    return false;
  };
  let busy = 0;
  let guard = 0;
  ids.forEach((id, index) => {
    if (byId.get(id).callFrame.functionName === '(idle)') return;
    busy += timeDeltas[index];
    if (isGuard(id)) guard += timeDeltas[index];
  });
  return (guard * 100) / busy;
}

async function measure({ url, pid }) {
  let left = REQUESTS;
  const before = cpuMs(pid);
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${issuer.token}` },
        body: JSON.stringify({ query: QUERY }),
      });
      const { data, errors } = await response.json();
      if (errors || data.asyncInvokes.edges.length !== 100) throw new Error(JSON.stringify(errors));
    }
  };
  await Promise.all(Array.from({ length: AT_ONE_TIME }, worker));
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

/** All servers on one core, so that they meet the same conditions; the load is on another. */
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
