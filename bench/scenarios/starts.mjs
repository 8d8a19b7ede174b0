// From the start of the process to its first answer, and what the process holds when it has nothing to do.
import { setTimeout } from 'node:timers/promises';
import { medians } from '../harness/medians.mjs';
import { residentMb } from '../harness/processes.mjs';
import { ask } from '../harness/target.mjs';

const ROUNDS = 7;
const REST_MS = 5000;
const FIRST = 20;

/** @param {import('../harness/setting.mjs').Setting} setting */
export async function measureStarts(setting, contenders) {
  const jobs = await setting.upstream.jobs(FIRST);
  const samples = contenders.map(() => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    const servers = [];
    for (let i = 0; i < contenders.length; i += 1) {
      const index = (i + round) % contenders.length;
      const { server, coldStartMs } = await startCold(setting, contenders[index], jobs);
      samples[index].push({ coldStartMs });
      servers[index] = server;
    }
    await setTimeout(REST_MS);
    for (const [index, server] of servers.entries()) {
      samples[index].at(-1).restMb = residentMb(server.pid);
      await server.stop();
    }
  }
  return contenders.map(({ key, name }, index) => {
    const rounds = samples[index];
    return { key, name, ...medians(rounds), rounds };
  });
}

async function startCold(setting, contender, jobs) {
  const start = performance.now();
  const server = await setting.start(contender);
  const text = await ask(server.url, contender.pageRequest(FIRST));
  const coldStartMs = performance.now() - start;
  contender.checkPage(JSON.parse(text), jobs);
  return { server, coldStartMs };
}
