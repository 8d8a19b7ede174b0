import { median, ratio } from './medians.mjs';
import { evaluate, groupBySize } from './thresholds.mjs';

/** @returns {string} Markdown */
export function toMarkdown(results) {
  const { machine, pages, rows, many, starts, polling, 'event-loop': eventLoop } = results;
  const sections = [
    describe(machine),
    describeDisturbance([pages, rows, many]),
    ['## Thresholds', thresholdsTable(results)],
    pages && pagesSections(pages),
    rows && ['## CPU per row', rowsTable(rows)],
    many && ['## 100 jobs by ARN', tableByLatency(many)],
    starts && ['## Start time and idle memory', startsTable(starts)],
    eventLoop && ['## Event loop', eventLoopTable(eventLoop)],
    polling && ['## 1,000 polling clients', pollingTable(polling)],
    ['## How to read it', NOTES],
  ];
  return `${sections.filter(Boolean).flat().join('\n\n')}\n`;
}

const NOTES = `- Every server is one process on one core and calls the same scripted upstream. The
  upstream and the load share the other core. A response of each server was compared with the jobs
  of the upstream before the load. During the load the status and length of all responses were
  checked.
- Figures are medians over the rounds, in which the servers alternate. Ratios are medians of the
  ratios of each round. CPU is user and system time of all threads of the process. \`core\` is the
  share of the core that the server used. If it is well below 100 %, the server did not limit the
  rate: compare CPU instead.
- Memory is measured at the end of a measurement. \`calls\` is the number of upstream calls per
  response.
- \`Mesh OpenAPI\` and \`Hive Gateway\` serve the shape of the upstream, without edges, cursors, ids
  and derived fields, and do not sign requests. They do less work than the other servers.`;

function describe(machine) {
  return ['# Benchmark', machineText(machine)];
}

export function machineText(machine) {
  const { date, commit, cpu, cores, memoryGb, kernel, node, isPinned, loadBefore } = machine;
  const pinning = isPinned
    ? 'servers pinned to one core, load and upstream to another'
    : 'nothing pinned, because taskset is not installed';
  return (
    `Commit ${commit}, ${date}. Node ${node}, Linux ${kernel}, ${cpu}, ${cores} cores, ` +
    `${memoryGb} GB; ${pinning}. Load average before the start: ${loadBefore.toFixed(2)}.`
  );
}

/** Reports how much other processes on the machine disturbed the measurements. */
function describeDisturbance(measured) {
  const samples = measured.flat().flatMap((row) => row?.rounds ?? []);
  if (samples.length === 0) return undefined;
  const [usual, most] = [median, (values) => Math.max(...values)].map((figureOf) =>
    (figureOf(samples.map(({ waited }) => waited)) * 100).toFixed(0),
  );
  return (
    `A server waited ${usual} % of the time for its core, which other processes used ` +
    `(median of ${samples.length} measurements; maximum ${most} %).`
  );
}

function thresholdsTable(results) {
  const rows = evaluate(results).map(({ name, required, measured, isMet }) => [
    name,
    required,
    measured,
    isMet ? 'yes' : 'no',
  ]);
  return table(['threshold', 'required', 'measured', 'met'], rows, { isText: true });
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
      const title = `Upstream latency ${latencyMs} ms; ${group[0].connections} connections.`;
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
    'responses/s',
    'rate : bare',
    'CPU ms',
    'bare CPU : CPU',
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
  const cells = rows.map(({ name, coldStartMs, idleMb }) => [
    name,
    `${coldStartMs.toFixed(0)} ms`,
    `${idleMb.toFixed(0)} MB`,
  ]);
  return table(['server', 'start to first response', 'idle memory'], cells);
}

function eventLoopTable(rows) {
  const cells = rows.map(({ name, idleMs, oneConnectionMs, fourConnectionsMs }) => [
    name,
    ...[idleMs, oneConnectionMs, fourConnectionsMs].map((ms) => `${ms.toFixed(0)} ms`),
  ]);
  const heads = ['idle', '1 connection', '4 connections'];
  const title = `The maximum delay while clients read pages of ${rows[0].size}.`;
  return `${title}\n\n${table(['server', ...heads], cells)}`;
}

function pollingTable(rows) {
  const cells = rows.map(({ name, responses, failed, listCalls, p50, p99 }) => [
    name,
    `${responses}`,
    `${failed}`,
    `${listCalls}`,
    p50.toFixed(1),
    p99.toFixed(1),
  ]);
  const heads = ['responses', 'failed', 'list calls', 'p50 ms', 'p99 ms'];
  const { clients, seconds } = rows[0];
  const title =
    `${clients} connections. Each reads 20 rows once a second for ${seconds} s. ` +
    'Upstream latency 20 ms.';
  return `${title}\n\n${table(['server', ...heads], cells)}`;
}

export function table(heads, rows, { isText = false } = {}) {
  const alignment = heads.map((_, column) => (isText || column === 0 ? '---' : '---:'));
  return [heads, alignment, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
