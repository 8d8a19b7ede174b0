/** Of each figure of several measurements by itself. */
export function medians(samples) {
  return Object.fromEntries(
    Object.keys(samples[0]).map((key) => [key, median(samples.map((sample) => sample[key]))]),
  );
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * How many times another's figure one has. The two of a round met the same machine, so they are compared round by round;
 * medians of either by themselves may be of different minutes.
 */
export function ratio(one, other, figure) {
  return median(one.rounds.map((round, index) => round[figure] / other.rounds[index][figure]));
}
