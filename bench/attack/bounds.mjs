// The bounds that the gateway must meet under each attack.

const P99_FACTOR = 5;
const P99_MS = 250;
const MEMORY_MB = 400;
const HELD_MS = 100;
/** The default of `UPSTREAM_CALLS_PER_SECOND_PER_CALLER`. */
const CALLS_PER_SECOND = 25;
const BURST_SECONDS = 4;
/** The default of `STARTS_PER_MINUTE_PER_CALLER`. */
const STARTS = 10;

export const BOUNDS = [
  'the second caller has no failed request and no failed subscription',
  `its p99 is at most ${P99_FACTOR} times the quiet p99, or ${P99_MS} ms`,
  `the gateway uses less than ${MEMORY_MB} MB`,
  `one request of the attacker holds the event loop for at most ${HELD_MS} ms`,
  `the attacker causes at most ${CALLS_PER_SECOND} calls to AWS a second, and those of ${BURST_SECONDS} seconds that it had saved, and starts ${STARTS} jobs`,
];

/** Returns what was measured where it exceeds a bound. */
export function missedBounds({ quiet, alone, attacked, peakMb }) {
  const phases = [alone, attacked];
  const failed = phases.reduce((sum, phase) => sum + failuresOf(phase), 0);
  const maxP99 = Math.max(P99_FACTOR * quiet.lists.p99, P99_MS);
  const seconds = alone.seconds + attacked.seconds;
  const sumOf = (kind) => phases.reduce((sum, { calls }) => sum + calls[kind], 0);
  // A caller may have saved the calls of four seconds.
  const maxCalls = CALLS_PER_SECOND * (seconds + BURST_SECONDS);
  return [
    failed > 0 && `${failed} failures of the second caller`,
    attacked.lists.p99 > maxP99 && `p99 ${attacked.lists.p99.toFixed(0)} ms`,
    peakMb === undefined && 'the gateway ended',
    peakMb >= MEMORY_MB && `${peakMb.toFixed(0)} MB`,
    alone.loop.heldMs > HELD_MS && `event loop held for ${alone.loop.heldMs.toFixed(0)} ms`,
    sumOf('attacker') > maxCalls &&
      `${(sumOf('attacker') / seconds).toFixed(0)} AWS calls a second`,
    sumOf('starts') > STARTS && `${sumOf('starts')} jobs started`,
  ].filter((text) => text !== false);
}

function failuresOf({ lists, events, heldFailure }) {
  const counts = [lists, events].flatMap(({ failures }) => Object.values(failures));
  return counts.reduce((sum, count) => sum + count, heldFailure ? 1 : 0);
}
