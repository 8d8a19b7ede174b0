import { machineText, table } from '../harness/report.mjs';
import { BOUNDS, missedBounds } from './bounds.mjs';

/** @returns {string} Markdown */
export function toMarkdown({ machine, seconds, attacks }) {
  const title = `Each attack runs for ${seconds} s against a new gateway with default settings.`;
  return `${[
    '# Attacks',
    `${machineText(machine)} ${noiseText(attacks)}`,
    title,
    '## The second caller and the gateway',
    secondCallerTable(attacks),
    '## The attacker',
    attackerTable(attacks),
    '## How to read it',
    NOTES,
  ].join('\n\n')}\n`;
}

const NOTES = `- The bounds: ${BOUNDS.join('; ')}.
- The second caller sends ten requests for 20 rows a second. Half of them are equal, and the others
  differ, so that caches do not serve them. It also holds one subscription, and opens a new one for
  another job every 0.7 s. \`failed\` counts all statuses but 200, GraphQL errors, timeouts of 5 s
  and failed subscriptions.
- \`a → b\` is a figure without an attack, measured just before, and the figure under attack.
  \`first event\` is the longest time from opening a WebSocket to the first event. It can be a
  second without an attack, because the polls for subscriptions are at least a second apart.
- \`held\` is the longest response time of \`/livez\`, pinged every 20 ms from another process, without
  the time in which other processes had the core. The bound is for the second of three figures:
  without an attack, with one connection of the attacker, with all of them. The last figure contains
  the time of many requests.
- \`MB\` is the largest resident memory of the gateway.
- The attackers run in one process of low priority. Each connection sends its next request when it
  has the last response, so the connections limit the CPU time of the attack. The attackers, the
  emulator and the measuring processes share one core, and the gateway has another.
- The attacker uses another address (127.0.0.2) than the second caller, and has one \`sub\`.
- \`unanswered\` requests had no response when the attack ended.
- AWS calls are counted at the emulator: those of the attacker, those of the second caller, and
  those that may be of either, such as the poll for all subscriptions.`;

/** How much the machine disturbed the measurements without an attack. */
function noiseText(attacks) {
  const max = (figure) => Math.max(...attacks.map(({ quiet }) => quiet.loop[figure])).toFixed(0);
  return (
    `Without an attack, the event loop was held for at most ${max('heldMs')} ms, and a timer of ` +
    `the measuring process was at most ${max('lateMs')} ms late.`
  );
}

function secondCallerTable(attacks) {
  const heads = ['attack', 'failed', 'p50 ms', 'p99 ms', 'first event ms', 'held ms', 'MB'];
  const rows = attacks.map((measured) => {
    const { id, title, quiet, alone, attacked, peakMb } = measured;
    const pair = (read) => `${read(quiet).toFixed(0)} → ${read(attacked).toFixed(0)}`;
    return [
      `${id} ${title}`,
      failuresText([alone, attacked]),
      pair(({ lists }) => lists.p50),
      pair(({ lists }) => lists.p99),
      pair(({ events }) => events.p99),
      [quiet, alone, attacked].map(({ loop }) => loop.heldMs.toFixed(0)).join(' → '),
      peakMb?.toFixed(0) ?? 'ended',
      missedBounds(measured).length === 0 ? 'yes' : 'no',
    ];
  });
  return table([...heads, 'met'], rows, { isText: true });
}

function failuresText(phases) {
  const sum = (read) => phases.reduce((total, phase) => total + read(phase), 0);
  const reasons = {};
  for (const { lists, events, heldFailure } of phases) {
    for (const [reason, count] of Object.entries(lists.failures)) add(reasons, reason, count);
    for (const [reason, count] of Object.entries(events.failures)) {
      add(reasons, `subscription: ${reason}`, count);
    }
    if (heldFailure) add(reasons, `held subscription: ${heldFailure}`, 1);
  }
  const total = sum(({ lists, events }) => lists.count + events.count);
  const failed = Object.values(reasons).reduce((a, b) => a + b, 0);
  if (failed === 0) return `0 of ${total}`;
  return `${failed} of ${total} (${countsText(reasons)})`;
}

function attackerTable(attacks) {
  const heads = ['attack', 'connections', 'outcomes', 'AWS calls/s', 'jobs started'];
  const rows = attacks.map(({ id, connections, alone, attacked }) => {
    const { calls, seconds, outcomes: counted, issuerRequests } = attacked;
    const outcomes = issuerRequests
      ? { ...counted, 'request to the issuer': issuerRequests }
      : counted;
    const rates = ['attacker', 'quiet', 'shared'].map((kind) => (calls[kind] / seconds).toFixed(1));
    const starts = alone.calls.starts + calls.starts;
    return [id, `${connections}`, countsText(outcomes), rates.join(' / '), `${starts}`];
  });
  return table(heads, rows, { isText: true });
}

function add(counts, key, count) {
  counts[key] = (counts[key] ?? 0) + count;
}

function countsText(counts) {
  const sorted = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return sorted.map(([key, count]) => `${count} × ${key}`).join(', ');
}
