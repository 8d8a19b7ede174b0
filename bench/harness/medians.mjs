/** Returns the median of each figure over several measurements. */
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
 * Returns the ratio of a figure of `one` to that of `other`: the median of the ratios of each
 * round. Both values of a round were measured under the same conditions. The separate medians may
 * come from different minutes.
 */
export function ratio(one, other, figure) {
  return median(one.rounds.map((round, index) => round[figure] / other.rounds[index][figure]));
}
