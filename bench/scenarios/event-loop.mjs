// How long the largest page blocks other requests: the maximum event loop delay in the metrics of
// the gateway. The metric has a resolution of 10 ms, so an idle loop shows about 10 ms.
import { setTimeout } from 'node:timers/promises';
import { createClient } from '../harness/client.mjs';

const SIZE = 1000;
const MAX_LAG = /^nodejs_eventloop_lag_max_seconds ([\d.e-]+)$/m;

/** @param {import('../harness/environment.mjs').Environment} environment */
export async function measureEventLoop(environment, servers, options) {
  const rows = [];
  for (const server of servers) rows.push(await measureOne(environment, server, options));
  return rows;
}

async function measureOne(environment, server, { seconds, warmUps }) {
  const instance = await environment.start(server);
  const jobs = await environment.upstream.jobs(SIZE);
  const testCase = {
    request: server.pageRequest(SIZE),
    check: (response) => server.checkPage(response, jobs),
  };
  const client = await createClient(instance, testCase, server.name);
  await environment.load.saturate({ ...client, connections: 1, seconds: warmUps.first });
  const maxLagMs = async (work) => {
    // A scrape resets the maximum.
    await scrape(instance.url);
    await work();
    return scrape(instance.url);
  };
  const load = (connections) => () =>
    environment.load.saturate({ ...client, connections, seconds });
  const row = {
    key: server.key,
    name: server.name,
    size: SIZE,
    idleMs: await maxLagMs(() => setTimeout(seconds * 1000)),
    oneConnectionMs: await maxLagMs(load(1)),
    fourConnectionsMs: await maxLagMs(load(4)),
  };
  await instance.stop();
  return row;
}

async function scrape(url) {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(MAX_LAG.exec(text)[1]) * 1000;
}
