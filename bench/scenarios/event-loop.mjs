// How long the largest page keeps everybody else waiting: the longest delay of the gateway's event loop, as its own
// metrics have it. They measure in steps of 10 ms, so a loop with nothing to do shows about that.
import { setTimeout } from 'node:timers/promises';
import { createTarget } from '../harness/target.mjs';

const SIZE = 1000;
const MAX_LAG = /^nodejs_eventloop_lag_max_seconds ([\d.e-]+)$/m;

/** @param {import('../harness/setting.mjs').Setting} setting */
export async function measureEventLoop(setting, contenders, options) {
  const rows = [];
  for (const contender of contenders) rows.push(await measureOne(setting, contender, options));
  return rows;
}

async function measureOne(setting, contender, { seconds, warmUps }) {
  const server = await setting.start(contender);
  const jobs = await setting.upstream.jobs(SIZE);
  const question = {
    request: contender.pageRequest(SIZE),
    check: (answer) => contender.checkPage(answer, jobs),
  };
  const target = await createTarget(server, question, contender.name);
  await setting.load.saturate({ ...target, connections: 1, seconds: warmUps.first });
  const maxLagMs = async (work) => {
    // A scrape begins a new measurement.
    await scrape(server.url);
    await work();
    return scrape(server.url);
  };
  const load = (connections) => () => setting.load.saturate({ ...target, connections, seconds });
  const row = {
    key: contender.key,
    name: contender.name,
    size: SIZE,
    atRestMs: await maxLagMs(() => setTimeout(seconds * 1000)),
    oneAtATimeMs: await maxLagMs(load(1)),
    fourAtATimeMs: await maxLagMs(load(4)),
  };
  await server.stop();
  return row;
}

async function scrape(url) {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(MAX_LAG.exec(text)[1]) * 1000;
}
