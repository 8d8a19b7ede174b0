// A dashboard that is open a thousand times: each client polls the same page once a second.
import { setTimeout } from 'node:timers/promises';
import { createClient } from '../harness/client.mjs';

const SIZE = 20;
const CLIENTS = 1000;
const SECONDS = 10;
const INTERVAL_MS = 1000;

/** @param {import('../harness/environment.mjs').Environment} environment */
export async function measurePolling(environment, servers, { warmUps }) {
  const jobs = await environment.upstream.jobs(SIZE);
  const rows = [];
  for (const { key, name, pageRequest, checkPage, ...server } of servers) {
    const instance = await environment.start(server);
    const testCase = { request: pageRequest(SIZE), check: (response) => checkPage(response, jobs) };
    const client = await createClient(instance, testCase, name);
    await environment.load.saturate({ ...client, connections: 16, seconds: warmUps.first });
    // Wait until the cache entries of the warm-up have expired.
    await setTimeout(2 * INTERVAL_MS);
    await environment.upstream.setLatency(20);
    const figures = await environment.load.poll({
      ...client,
      connections: CLIENTS,
      intervalMs: INTERVAL_MS,
      seconds: SECONDS,
    });
    const { list } = await environment.upstream.calls();
    await environment.upstream.setLatency(0);
    rows.push({ key, name, clients: CLIENTS, seconds: SECONDS, ...figures, listCalls: list });
    await instance.stop();
  }
  return rows;
}
