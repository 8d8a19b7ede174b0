// Whether a row costs the same in a large page as in a small one: both sizes by turns, of one and the same process.
import { median } from '../harness/medians.mjs';
import { createTarget } from '../harness/target.mjs';
import { takeTurns } from '../harness/turns.mjs';

const SMALL = 100;
const LARGE = 1000;
const CONNECTIONS = 8;

/** @param {import('../harness/setting.mjs').Setting} setting */
export async function measureRows(setting, contenders, options) {
  const rows = [];
  for (const contender of contenders) rows.push(await measureOne(setting, contender, options));
  return rows;
}

async function measureOne(setting, contender, { rounds, seconds, warmUps }) {
  const server = await setting.start(contender);
  const targets = [];
  for (const size of [SMALL, LARGE]) {
    const jobs = await setting.upstream.jobs(size);
    const check = (answer) => contender.checkPage(answer, jobs);
    const question = { request: contender.pageRequest(size), check };
    targets.push(await createTarget(server, question, contender.name));
  }
  const [small, large] = await takeTurns(setting, targets, {
    rounds,
    seconds,
    warmUpSeconds: warmUps.first,
    connections: CONNECTIONS,
    latencyMs: 0,
  });
  await server.stop();
  const perRow = (measured, size) => measured.rounds.map(({ cpuMs }) => (cpuMs * 1000) / size);
  const [inSmall, inLarge] = [perRow(small, SMALL), perRow(large, LARGE)];
  return {
    key: contender.key,
    name: contender.name,
    smallUs: median(inSmall),
    largeUs: median(inLarge),
    rounds: [...small.rounds, ...large.rounds],
    ratio: median(inLarge.map((us, round) => us / inSmall[round])),
  };
}
