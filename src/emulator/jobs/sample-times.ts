import { randomBetween, type Random } from './random.ts';

const MINUTE = 60_000;
const WEEK = 7 * 24 * 60 * MINUTE;

/**
 * Returns the submit times of `count` sample jobs, oldest first: single jobs of the past week,
 * bursts of jobs within seconds, and a few jobs of the last minutes that are still running.
 */
export function sampleTimes(count: number, now: number, random: Random): number[] {
  const recent = Math.ceil(count * 0.03);
  const times = Array.from({ length: recent }, () => now - randomBetween(random, 0, 2 * MINUTE));
  while (times.length < count) {
    const at = now - randomBetween(random, 2 * MINUTE, WEEK);
    const burst = random() < 0.03 ? Math.ceil(randomBetween(random, 5, 25)) : 1;
    times.push(...burstTimes(Math.min(burst, count - times.length), at, random));
  }
  return times.map(Math.floor).sort((a, b) => a - b);
}

/**
 * Some jobs of a burst share a submit time, because paging over ties is where clients fail most.
 */
function burstTimes(size: number, start: number, random: Random): number[] {
  let at = start;
  return Array.from(
    { length: size },
    () => (at += random() < 0.3 ? 0 : randomBetween(random, 20, 800)),
  );
}
