import { medians } from './medians.mjs';

/**
 * Measures every client once per round, and starts each round with a different client, so that
 * changes on the machine affect all clients alike. Returns the medians over the rounds, in the
 * order of the clients.
 *
 * @param {import('./environment.mjs').Environment} environment
 */
export async function interleaveRounds({ upstream, load }, clients, options) {
  const { rounds, seconds, warmUpSeconds, connections, latencyMs } = options;
  const measureOnce = async (client) => {
    await upstream.setLatency(latencyMs);
    const figures = await load.saturate({ ...client, connections, seconds });
    const { list, get } = await upstream.calls();
    return { ...figures, upstreamCalls: (list + get) / figures.requests };
  };
  for (const client of clients) {
    await load.saturate({ ...client, connections, seconds: warmUpSeconds });
  }
  const samples = clients.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (let i = 0; i < clients.length; i += 1) {
      const index = (i + round) % clients.length;
      samples[index].push(await measureOnce(clients[index]));
    }
  }
  return samples.map((each) => ({ ...medians(each), rounds: each }));
}
