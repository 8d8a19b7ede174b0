import { medians } from './medians.mjs';

/**
 * Measures targets by turns: in every round each has one, and another one is first, so that what the machine does
 * meanwhile meets all of them alike. Medians over the rounds, in the order of the targets.
 *
 * @param {import('./setting.mjs').Setting} setting
 */
export async function takeTurns({ upstream, load }, targets, options) {
  const { rounds, seconds, warmUpSeconds, connections, latencyMs } = options;
  const turn = async (target) => {
    await upstream.setLatency(latencyMs);
    const figures = await load.saturate({ ...target, connections, seconds });
    const { list, get } = await upstream.calls();
    return { ...figures, upstreamCalls: (list + get) / figures.requests };
  };
  for (const target of targets) {
    await load.saturate({ ...target, connections, seconds: warmUpSeconds });
  }
  const samples = targets.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (let i = 0; i < targets.length; i += 1) {
      const index = (i + round) % targets.length;
      samples[index].push(await turn(targets[index]));
    }
  }
  return samples.map((each) => ({ ...medians(each), rounds: each }));
}
