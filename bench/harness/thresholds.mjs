import { ratio } from './medians.mjs';

// What the gateway is to reach, and whether it did. What was not measured is not judged.

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
const AT_REST = atMost(1.3);

/** @returns {{ what: string, wanted: string, got: string, isMet: boolean }[]} */
export function judge({ pages = [], rows = [], starts = [], polling = [] }) {
  return [
    ...Object.entries(groupBySize(pages)).flatMap(([size, rows]) => judgeSize(size, rows)),
    ...judgeRows(rows),
    ...judgePolling(polling),
    ...judgeStarts(starts),
  ]
    .filter(({ values }) => values.length > 0)
    .map(toVerdict);
}

export function groupBySize(pages) {
  return Object.groupBy(pages, ({ size }) => size);
}

/** Each for every latency of the upstream; a target is met when it is met for all. */
function judgeSize(size, rows) {
  const speed = (key, other) => ratios(rows, key, other, 'perSecond');
  return [
    verdict(
      `cache off : bare, first: ${size}`,
      speed('gateway-off', isKey('bare')),
      CACHE_OFF[size],
    ),
    verdict(`cache on : bare, first: ${size}`, speed('gateway-on', isKey('bare')), CACHE_ON[size]),
    verdict(
      `cache off : Apollo Server, first: ${size}`,
      speed('gateway-off', isKey('apollo')),
      APOLLO,
    ),
    verdict(`cache off : best GraphQL server, first: ${size}`, speed('gateway-off', isPeer), PEERS),
  ].filter(({ target }) => target);
}

function judgeRows(rows) {
  const values = rows.filter(isKey('gateway-off')).map(({ ratio: value }) => ({ value }));
  return [verdict('CPU a row, cache off, first: 1000 : first: 100', values, CPU_PER_ROW)];
}

function judgePolling(polling) {
  const ours = polling.filter(isKey('gateway-on'));
  const valuesOf = (figure) => ours.map(({ [figure]: value }) => ({ value }));
  return [
    verdict('list calls for 1,000 clients in 10 s, cache on', valuesOf('listCalls'), LIST_CALLS),
    verdict('answers that failed meanwhile', valuesOf('failed'), NONE),
  ];
}

function judgeStarts(starts) {
  const compared = (figure) => ratios(starts, 'gateway', isKey('apollo'), figure);
  return [
    verdict('cold start : Apollo Server', compared('coldStartMs'), COLD_START),
    verdict('memory at rest : Apollo Server', compared('restMb'), AT_REST),
  ];
}

function verdict(what, values, target) {
  return { what, values, target };
}

/** Ours over the best of the others, for each latency that there is. */
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

function toVerdict({ what, values, target }) {
  const got = values.map(({ value, latencyMs }) => {
    const text = Number.isInteger(value) ? `${value}` : value.toFixed(2);
    return latencyMs === undefined ? text : `${text} (${latencyMs} ms)`;
  });
  const isMet = values.every(({ value }) => target.holds(value));
  return { what, wanted: target.text, got: got.join(', '), isMet };
}
