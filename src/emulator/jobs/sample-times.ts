import { between, type Random } from './random.ts';

const MINUTE = 60_000;
const WEEK = 7 * 24 * 60 * MINUTE;

/**
 * When `count` sample jobs were submitted, oldest first: single ones over the past week, bursts in which a script submitted
 * many within seconds (some in the same millisecond), and a few in the last minutes that are still running.
 */
export function sampleTimes(count: number, now: number, random: Random): number[] {
  const recent = Math.ceil(count * 0.03);
  const times = Array.from({ length: recent }, () => now - between(random, 0, 2 * MINUTE));
  while (times.length < count) {
    const at = now - between(random, 2 * MINUTE, WEEK);
    const burst = random() < 0.03 ? Math.ceil(between(random, 5, 25)) : 1;
    times.push(...burstTimes(Math.min(burst, count - times.length), at, random));
  }
  return times.map(Math.floor).sort((a, b) => a - b);
}

/** The steps that are nothing give jobs of equal submitTime, which is what a client's paging most easily gets wrong. */
function burstTimes(size: number, start: number, random: Random): number[] {
  let at = start;
  return Array.from({ length: size }, () => (at += random() < 0.3 ? 0 : between(random, 20, 800)));
}
