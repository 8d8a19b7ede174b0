// A dashboard that a thousand people have open: each asks for the same page once a second.
import { setTimeout } from 'node:timers/promises';
import { createTarget } from '../harness/target.mjs';

const SIZE = 20;
const CLIENTS = 1000;
const SECONDS = 10;
const INTERVAL_MS = 1000;

/** @param {import('../harness/setting.mjs').Setting} setting */
export async function measurePolling(setting, contenders, { warmUps }) {
  const jobs = await setting.upstream.jobs(SIZE);
  const rows = [];
  for (const { key, name, pageRequest, checkPage, ...contender } of contenders) {
    const server = await setting.start(contender);
    const question = { request: pageRequest(SIZE), check: (answer) => checkPage(answer, jobs) };
    const target = await createTarget(server, question, name);
    await setting.load.saturate({ ...target, connections: 16, seconds: warmUps.first });
    // Nothing that the warm-up left in a cache is to answer.
    await setTimeout(2 * INTERVAL_MS);
    await setting.upstream.setLatency(20);
    const figures = await setting.load.poll({
      ...target,
      connections: CLIENTS,
      intervalMs: INTERVAL_MS,
      seconds: SECONDS,
    });
    const { list } = await setting.upstream.calls();
    await setting.upstream.setLatency(0);
    rows.push({ key, name, clients: CLIENTS, seconds: SECONDS, ...figures, listCalls: list });
    await server.stop();
  }
  return rows;
}
