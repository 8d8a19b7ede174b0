// The time from the start of a process to its first response, and the memory of the idle process.
import { setTimeout } from 'node:timers/promises';
import { medians } from '../harness/medians.mjs';
import { residentMb } from '../harness/processes.mjs';
import { sendRequest } from '../harness/client.mjs';

const ROUNDS = 7;
const IDLE_MS = 5000;
const FIRST = 20;

/** @param {import('../harness/environment.mjs').Environment} environment */
export async function measureStarts(environment, servers) {
  const jobs = await environment.upstream.jobs(FIRST);
  const samples = servers.map(() => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    const instances = [];
    for (let i = 0; i < servers.length; i += 1) {
      const index = (i + round) % servers.length;
      const { instance, coldStartMs } = await startCold(environment, servers[index], jobs);
      samples[index].push({ coldStartMs });
      instances[index] = instance;
    }
    await setTimeout(IDLE_MS);
    for (const [index, instance] of instances.entries()) {
      samples[index].at(-1).idleMb = residentMb(instance.pid);
      await instance.stop();
    }
  }
  return servers.map(({ key, name }, index) => {
    const rounds = samples[index];
    return { key, name, ...medians(rounds), rounds };
  });
}

async function startCold(environment, server, jobs) {
  const start = performance.now();
  const instance = await environment.start(server);
  const text = await sendRequest(instance.url, server.pageRequest(FIRST));
  const coldStartMs = performance.now() - start;
  server.checkPage(JSON.parse(text), jobs);
  return { instance, coldStartMs };
}
