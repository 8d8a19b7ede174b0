// Whether a row costs the same in a large page as in a small one. Both sizes are measured in the
// same process, in alternating rounds.
import { median } from '../harness/medians.mjs';
import { createClient } from '../harness/client.mjs';
import { interleaveRounds } from '../harness/rounds.mjs';

const SMALL = 100;
const LARGE = 1000;
const CONNECTIONS = 8;

/** @param {import('../harness/environment.mjs').Environment} environment */
export async function measureRows(environment, servers, options) {
  const rows = [];
  for (const server of servers) rows.push(await measureOne(environment, server, options));
  return rows;
}

async function measureOne(environment, server, { rounds, seconds, warmUps }) {
  const instance = await environment.start(server);
  const clients = [];
  for (const size of [SMALL, LARGE]) {
    const jobs = await environment.upstream.jobs(size);
    const check = (response) => server.checkPage(response, jobs);
    const testCase = { request: server.pageRequest(size), check };
    clients.push(await createClient(instance, testCase, server.name));
  }
  const [small, large] = await interleaveRounds(environment, clients, {
    rounds,
    seconds,
    warmUpSeconds: warmUps.first,
    connections: CONNECTIONS,
    latencyMs: 0,
  });
  await instance.stop();
  const perRow = (measured, size) => measured.rounds.map(({ cpuMs }) => (cpuMs * 1000) / size);
  const [inSmall, inLarge] = [perRow(small, SMALL), perRow(large, LARGE)];
  return {
    key: server.key,
    name: server.name,
    smallUs: median(inSmall),
    largeUs: median(inLarge),
    rounds: [...small.rounds, ...large.rounds],
    ratio: median(inLarge.map((us, round) => us / inSmall[round])),
  };
}
