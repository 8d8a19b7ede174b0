// What the gateway costs beside what a team would write or take instead, all of them in front of the same scripted
// upstream. `npm run bench` prints Markdown and keeps it, with all the figures, in bench/results. A part is only printed:
//
//   node bench/run.mjs --scenarios pages --only gateway,bare --sizes 100 --latency 0 --rounds 1 --seconds 2
import { parseArgs } from 'node:util';
import { MANY, PAGES, STARTS } from './harness/contenders.mjs';
import { describeMachine } from './harness/machine.mjs';
import { stayOffTheServersCore, stopAll } from './harness/processes.mjs';
import { toMarkdown } from './harness/report.mjs';
import { formatted, keep } from './harness/results.mjs';
import { createSetting } from './harness/setting.mjs';
import { measureEventLoop } from './scenarios/event-loop.mjs';
import { measureMany } from './scenarios/many.mjs';
import { measurePages } from './scenarios/pages.mjs';
import { measurePolling } from './scenarios/polling.mjs';
import { measureRows } from './scenarios/rows.mjs';
import { measureStarts } from './scenarios/starts.mjs';

const { values } = parseArgs({
  options: {
    scenarios: { type: 'string', default: 'pages,rows,many,starts,event-loop,polling' },
    only: { type: 'string', default: '' },
    sizes: { type: 'string', default: '20,100,1000' },
    latency: { type: 'string', default: '0,20' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    'warm-up': { type: 'string', default: '8' },
  },
});
const isWhole = process.argv.length === 2;
const numbers = (list) => list.split(',').map(Number);
const keys = values.only.split(',');
const wanted = (contenders) => contenders.filter(({ key }) => keys.some((k) => key.startsWith(k)));
const only = (...chosen) => wanted(PAGES).filter(({ key }) => chosen.includes(key));
const options = {
  latencies: numbers(values.latency),
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
  warmUps: { first: Number(values['warm-up']), next: Number(values['warm-up']) / 4 },
};
const scenarios = {
  pages: (s) => measurePages(s, wanted(PAGES), { ...options, sizes: numbers(values.sizes) }),
  rows: (s) => measureRows(s, only('gateway-off'), options),
  many: (s) => measureMany(s, wanted(MANY), options),
  starts: (s) => measureStarts(s, wanted(STARTS)),
  'event-loop': (s) => measureEventLoop(s, only('gateway-off'), options),
  polling: (s) => measurePolling(s, only('gateway-on', 'bare'), options),
};

process.on('exit', stopAll);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

const machine = describeMachine();
stayOffTheServersCore();
const setting = await createSetting();
const results = { machine, options };
for (const name of values.scenarios.split(',')) {
  console.error(`${name} ...`);
  results[name] = await scenarios[name](setting);
}
const report = await formatted(toMarkdown(results), 'markdown');
console.log(report);
if (isWhole) await keep(results, report);
process.exit();
