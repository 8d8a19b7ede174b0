import { createClient } from './client.mjs';
import { interleaveRounds } from './rounds.mjs';

/**
 * Compares servers by the cost of one test case, for each upstream latency. Starts and stops a new
 * instance of each server, so that its memory is that of this test case.
 *
 * @param {import('./environment.mjs').Environment} environment
 * @param testCaseFor returns the request for a server and the check of its response
 */
export async function compare(environment, servers, testCaseFor, options) {
  const { latencies, warmUps, ...roundOptions } = options;
  const instances = [];
  const clients = [];
  for (const server of servers) {
    const instance = await environment.start(server);
    instances.push(instance);
    clients.push(await createClient(instance, testCaseFor(server), server.name));
  }
  const rows = [];
  for (const [index, latencyMs] of latencies.entries()) {
    const warmUpSeconds = index === 0 ? warmUps.first : warmUps.next;
    const results = await interleaveRounds(environment, clients, {
      ...roundOptions,
      latencyMs,
      warmUpSeconds,
    });
    servers.forEach(({ key, name }, i) => {
      rows.push({ key, name, latencyMs, connections: roundOptions.connections, ...results[i] });
    });
  }
  await environment.upstream.setLatency(0);
  for (const instance of instances) await instance.stop();
  return rows;
}
