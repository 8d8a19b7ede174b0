// Attacks a gateway with default settings from one caller, and measures a second caller beside it.
// `npm run bench:attack` prints a Markdown report and saves it in bench/results. With options, the
// report is only printed. Exits with 1 if a bound is missed. Linux only: reads /proc.
//
//   node bench/attack.mjs --only S4,S8 --seconds 10
import { parseArgs } from 'node:util';
import { ATTACKS } from './attack/attacks.mjs';
import { missedBounds } from './attack/bounds.mjs';
import { measureAttack } from './attack/measure.mjs';
import { toMarkdown } from './attack/report.mjs';
import { describeMachine } from './harness/machine.mjs';
import { pinToLoadCore, stopAll } from './harness/processes.mjs';
import { formatText, saveReport } from './harness/results.mjs';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    seconds: { type: 'string', default: '8' },
  },
});
const isFullRun = process.argv.length === 2;
const seconds = Number(values.seconds);
/** `S2` selects all attacks of S2, and `S2a` only one. */
const isSelected = ({ id }) =>
  values.only
    .split(',')
    .some((name) => name === '' || id.replace(/[a-z]$/, '') === name || id === name);
const selected = ATTACKS.filter(isSelected);
if (selected.length === 0 || !(seconds >= 1)) {
  console.error(`Use --seconds 1 or more, and --only with ids of: ${ATTACKS.map(({ id }) => id)}`);
  process.exit(2);
}

process.on('exit', stopAll);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

const machine = describeMachine();
pinToLoadCore();
const attacks = [];
for (const attack of selected) {
  const measured = await measureAttack(attack, seconds);
  attacks.push(measured);
  console.error(`${attack.id}: ${missedBounds(measured).join('; ') || 'all bounds are met'}`);
}
const results = { machine, seconds, attacks };
const report = await formatText(toMarkdown(results), 'markdown');
console.log(report);
if (isFullRun) await saveReport(results, report, 'attack-');
process.exit(attacks.some((measured) => missedBounds(measured).length > 0) ? 1 : 0);
