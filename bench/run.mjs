// Compares the gateway with servers that a team would write or use instead, all in front of the
// same scripted upstream. `npm run bench` prints a Markdown report and saves it in bench/results,
// with all figures. With options, the report is only printed:
//
//   node bench/run.mjs --scenarios pages --only gateway,bare --sizes 100 --latency 0 --rounds 1
import { parseArgs } from 'node:util';
import { MANY, PAGES, STARTS } from './harness/servers.mjs';
import { describeMachine } from './harness/machine.mjs';
import { pinToLoadCore, stopAll } from './harness/processes.mjs';
import { toMarkdown } from './harness/report.mjs';
import { formatText, saveReport } from './harness/results.mjs';
import { createEnvironment } from './harness/environment.mjs';
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
const isFullRun = process.argv.length === 2;
const numbers = (list) => list.split(',').map(Number);
const keys = values.only.split(',');
const selected = (servers) => servers.filter(({ key }) => keys.some((k) => key.startsWith(k)));
const only = (...names) => selected(PAGES).filter(({ key }) => names.includes(key));
const options = {
  latencies: numbers(values.latency),
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
  warmUps: { first: Number(values['warm-up']), next: Number(values['warm-up']) / 4 },
};
const scenarios = {
  pages: (env) => measurePages(env, selected(PAGES), { ...options, sizes: numbers(values.sizes) }),
  rows: (env) => measureRows(env, only('gateway-off'), options),
  many: (env) => measureMany(env, selected(MANY), options),
  starts: (env) => measureStarts(env, selected(STARTS)),
  'event-loop': (env) => measureEventLoop(env, only('gateway-off'), options),
  polling: (env) => measurePolling(env, only('gateway-on', 'bare'), options),
};

process.on('exit', stopAll);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

const machine = describeMachine();
pinToLoadCore();
const environment = await createEnvironment();
const results = { machine, options };
for (const name of values.scenarios.split(',')) {
  console.error(`${name} ...`);
  results[name] = await scenarios[name](environment);
}
const report = await formatText(toMarkdown(results), 'markdown');
console.log(report);
if (isFullRun) await saveReport(results, report);
process.exit();
