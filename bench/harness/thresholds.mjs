import { ratio } from './medians.mjs';

// The thresholds that the gateway must meet. Scenarios that were not measured are skipped.

const atLeast = (limit) => ({ text: `at least ${limit}`, holds: (value) => value >= limit });
const atMost = (limit) => ({ text: `at most ${limit}`, holds: (value) => value <= limit });
const above = (limit) => ({ text: `above ${limit}`, holds: (value) => value > limit });
const below = (limit) => ({ text: `below ${limit}`, holds: (value) => value < limit });

const OURS = ['gateway-off', 'gateway-on'];
const CACHE_OFF = { 20: atLeast(1), 100: atLeast(1.8), 1000: atLeast(1.4) };
const CACHE_ON = { 20: atLeast(8), 100: atLeast(15) };
const APOLLO = atLeast(3);
const PEERS = above(1);
const CPU_PER_ROW = atMost(1.1);
const LIST_CALLS = atMost(11);
const NONE = atMost(0);
const COLD_START = below(1.2);
const IDLE_MEMORY = atMost(1.3);

/** @returns {{ name: string, required: string, measured: string, isMet: boolean }[]} */
export function evaluate({ pages = [], rows = [], starts = [], polling = [] }) {
  return [
    ...Object.entries(groupBySize(pages)).flatMap(([size, rows]) => evaluateSize(size, rows)),
    ...evaluateRows(rows),
    ...evaluatePolling(polling),
    ...evaluateStarts(starts),
  ]
    .filter(({ values }) => values.length > 0)
    .map(toResult);
}

export function groupBySize(pages) {
  return Object.groupBy(pages, ({ size }) => size);
}

/** Evaluates every upstream latency. A threshold is met when it is met for all of them. */
function evaluateSize(size, rows) {
  const speed = (key, other) => ratios(rows, key, other, 'perSecond');
  return [
    comparison(
      `cache off : bare, first: ${size}`,
      speed('gateway-off', isKey('bare')),
      CACHE_OFF[size],
    ),
    comparison(
      `cache on : bare, first: ${size}`,
      speed('gateway-on', isKey('bare')),
      CACHE_ON[size],
    ),
    comparison(
      `cache off : Apollo Server, first: ${size}`,
      speed('gateway-off', isKey('apollo')),
      APOLLO,
    ),
    comparison(
      `cache off : best GraphQL server, first: ${size}`,
      speed('gateway-off', isPeer),
      PEERS,
    ),
  ].filter(({ threshold }) => threshold);
}

function evaluateRows(rows) {
  const values = rows.filter(isKey('gateway-off')).map(({ ratio: value }) => ({ value }));
  return [comparison('CPU per row, cache off, first: 1000 : first: 100', values, CPU_PER_ROW)];
}

function evaluatePolling(polling) {
  const ours = polling.filter(isKey('gateway-on'));
  const valuesOf = (figure) => ours.map(({ [figure]: value }) => ({ value }));
  return [
    comparison('list calls for 1,000 clients in 10 s, cache on', valuesOf('listCalls'), LIST_CALLS),
    comparison('failed responses while polling', valuesOf('failed'), NONE),
  ];
}

function evaluateStarts(starts) {
  const compared = (figure) => ratios(starts, 'gateway', isKey('apollo'), figure);
  return [
    comparison('cold start : Apollo Server', compared('coldStartMs'), COLD_START),
    comparison('idle memory : Apollo Server', compared('idleMb'), IDLE_MEMORY),
  ];
}

function comparison(name, values, threshold) {
  return { name, values, threshold };
}

/** Returns the ratio of the gateway to the best other server, for each latency. */
function ratios(rows, key, isOther, figure) {
  return rows.filter(isKey(key)).flatMap((ours) => {
    const { latencyMs } = ours;
    const others = rows.filter((row) => row.latencyMs === latencyMs && isOther(row));
    if (others.length === 0) return [];
    return [{ value: Math.min(...others.map((other) => ratio(ours, other, figure))), latencyMs }];
  });
}

function isKey(key) {
  return (row) => row.key === key;
}

function isPeer({ key }) {
  return key !== 'bare' && !OURS.includes(key);
}

function toResult({ name, values, threshold }) {
  const measured = values.map(({ value, latencyMs }) => {
    const text = Number.isInteger(value) ? `${value}` : value.toFixed(2);
    return latencyMs === undefined ? text : `${text} (${latencyMs} ms)`;
  });
  const isMet = values.every(({ value }) => threshold.holds(value));
  return { name, required: threshold.text, measured: measured.join(', '), isMet };
}
