import { median, ratio } from './medians.mjs';
import { groupBySize, judge } from './targets.mjs';

/** @returns {string} Markdown */
export function toMarkdown(results) {
  const { machine, pages, rows, many, starts, polling, 'event-loop': eventLoop } = results;
  const sections = [
    describe(machine),
    describeDisturbance([pages, rows, many]),
    ['## Targets', targetsTable(results)],
    pages && pagesSections(pages),
    rows && ['## CPU a row', rowsTable(rows)],
    many && ['## 100 jobs by their ARNs', tableByLatency(many)],
    starts && ['## Start and rest', startsTable(starts)],
    eventLoop && ['## Event loop', eventLoopTable(eventLoop)],
    polling && ['## 1,000 clients that poll', pollingTable(polling)],
    ['## How to read it', NOTES],
  ];
  return `${sections.filter(Boolean).flat().join('\n\n')}\n`;
}

const NOTES = `- Every server is one process on one core and asks the same scripted upstream, which shares the other core with the load. Answers were compared with the
  upstream's jobs before, and during the load all of them by status and length.
- Medians of the rounds, in which servers take turns; ratios are medians of each round's own. CPU is that of all the process's threads, user and system. \`core\`
  is how much of the core's time it took: where that is well below 100 %, the server was not what limited the rate, so compare CPU.
- Memory is that at the end of a turn. \`calls\` are calls to the upstream for each answer.
- \`Mesh OpenAPI\` and \`Hive Gateway\` serve the upstream's own shape, without edges, cursors, ids and fields made of others, and sign no requests: less work than
  the others do.`;

function describe({ date, commit, cpu, cores, memoryGb, kernel, node, isPinned, loadBefore }) {
  const pinning = isPinned
    ? 'servers pinned to one core, load and upstream to another'
    : 'nothing pinned, since there is no taskset';
  return [
    '# Benchmark',
    `Commit ${commit}, ${date}. Node ${node}, Linux ${kernel}, ${cpu}, ${cores} cores, ${memoryGb} GB; ${pinning}. Load average before the start: ${loadBefore.toFixed(2)}.`,
  ];
}

/** Figures of a machine that was not left alone should say so. */
function describeDisturbance(measured) {
  const turns = measured.flat().flatMap((row) => row?.rounds ?? []);
  if (turns.length === 0) return undefined;
  const [usual, most] = [median, (values) => Math.max(...values)].map((figureOf) =>
    (figureOf(turns.map(({ waited }) => waited)) * 100).toFixed(0),
  );
  return `Other processes had the servers' core while a server waited for it ${usual} % of the time (median of ${turns.length} turns), ${most} % in the worst turn.`;
}

function targetsTable(results) {
  const rows = judge(results).map(({ what, wanted, got, isMet }) => [
    what,
    wanted,
    got,
    isMet ? 'yes' : 'no',
  ]);
  return table(['target', 'wanted', 'measured', 'met'], rows, { isText: true });
}

function pagesSections(pages) {
  return Object.entries(groupBySize(pages)).flatMap(([size, rows]) => [
    `## Pages of ${size}`,
    tableByLatency(rows),
  ]);
}

function tableByLatency(rows) {
  const groups = Object.entries(Object.groupBy(rows, ({ latencyMs }) => latencyMs));
  return groups
    .map(([latencyMs, group]) => {
      const title = `The upstream answers after ${latencyMs} ms; ${group[0].connections} connections.`;
      return `${title}\n\n${loadTable(group)}`;
    })
    .join('\n\n');
}

function loadTable(rows) {
  const bare = rows.find(({ key }) => key === 'bare');
  const times = (one, other, figure) => (bare ? `${ratio(one, other, figure).toFixed(2)} ×` : '');
  const cells = rows.map((row) => [
    row.name,
    row.perSecond.toFixed(row.perSecond < 100 ? 1 : 0),
    times(row, bare, 'perSecond'),
    row.cpuMs.toFixed(2),
    times(bare, row, 'cpuMs'),
    `${(row.busy * 100).toFixed(0)} %`,
    row.p50.toFixed(1),
    row.p99.toFixed(1),
    row.rssMb.toFixed(0),
    row.upstreamCalls.toFixed(row.upstreamCalls < 0.01 ? 4 : 2),
  ]);
  const heads = [
    'answers/s',
    ': bare',
    'CPU ms',
    'bare :',
    'core',
    'p50 ms',
    'p99 ms',
    'MB',
    'calls',
  ];
  return table(['server', ...heads], cells);
}

function rowsTable(rows) {
  const cells = rows.map(({ name, smallUs, largeUs, ratio: times }) => [
    name,
    ...[smallUs, largeUs].map((us) => `${us.toFixed(1)} µs`),
    times.toFixed(2),
  ]);
  return table(['server', 'in a page of 100', 'in a page of 1000', '1000 : 100'], cells);
}

function startsTable(rows) {
  const cells = rows.map(({ name, coldStartMs, restMb }) => [
    name,
    `${coldStartMs.toFixed(0)} ms`,
    `${restMb.toFixed(0)} MB`,
  ]);
  return table(['server', 'start to first answer', 'memory at rest'], cells);
}

function eventLoopTable(rows) {
  const cells = rows.map(({ name, atRestMs, oneAtATimeMs, fourAtATimeMs }) => [
    name,
    ...[atRestMs, oneAtATimeMs, fourAtATimeMs].map((ms) => `${ms.toFixed(0)} ms`),
  ]);
  const heads = ['nothing to do', 'one at a time', '4 at a time'];
  return `The longest delay while pages of ${rows[0].size} are asked for.\n\n${table(['server', ...heads], cells)}`;
}

function pollingTable(rows) {
  const cells = rows.map(({ name, answered, failed, listCalls, p50, p99 }) => [
    name,
    `${answered}`,
    `${failed}`,
    `${listCalls}`,
    p50.toFixed(1),
    p99.toFixed(1),
  ]);
  const heads = ['answered', 'failed', 'list calls', 'p50 ms', 'p99 ms'];
  const { clients, seconds } = rows[0];
  const title = `${clients} connections, each asks for 20 rows once a second for ${seconds} s; the upstream answers after 20 ms.`;
  return `${title}\n\n${table(['server', ...heads], cells)}`;
}

function table(heads, rows, { isText = false } = {}) {
  const alignment = heads.map((_, column) => (isText || column === 0 ? '---' : '---:'));
  return [heads, alignment, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
