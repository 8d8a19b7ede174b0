import * as fc from 'fast-check';
import { TokenBucket } from '../../src/concurrency/token-bucket.ts';

const rates = fc.integer({ min: 1, max: 1000 });
const bursts = fc.integer({ min: 1, max: 10 });
/** The pauses between attempts to take a token, in milliseconds. */
const pauses = fc.array(fc.double({ min: 0, max: 3000, noNaN: true }), { maxLength: 200 });

/** Takes a token at each time at which there is one. Returns the times. */
function takeWhenPossible(bucket: TokenBucket, pausesMs: readonly number[]): number[] {
  const taken: number[] = [];
  let now = 0;
  for (const pauseMs of pausesMs) {
    now += pauseMs;
    if (bucket.waitMs(1, now) > 0) continue;
    bucket.take(1, now);
    taken.push(now);
  }
  return taken;
}

describe('TokenBucket', () => {
  it('gives at most the burst and the rate in any interval', () => {
    fc.assert(
      fc.property(rates, bursts, pauses, (rate, seconds, pausesMs) => {
        const burst = rate * seconds;
        const taken = takeWhenPossible(new TokenBucket(rate, burst), pausesMs);
        taken.forEach((from, first) => {
          taken.slice(first).forEach((to, index) => {
            const allowed = burst + ((to - from) / 1000) * rate;
            expect(index + 1).toBeLessThanOrEqual(allowed + 1e-6);
          });
        });
      }),
    );
  });

  it('has a token exactly after the time that it returns', () => {
    fc.assert(
      fc.property(rates, bursts, fc.integer({ min: 1, max: 50 }), (rate, burst, extra) => {
        const bucket = new TokenBucket(rate, burst);
        bucket.take(burst + extra - 1, 0);
        const waitMs = bucket.waitMs(1, 0);
        expect(waitMs).toBeCloseTo((extra * 1000) / rate, 6);
        expect(bucket.waitMs(1, waitMs + 1e-6)).toBe(0);
        expect(bucket.waitMs(1, waitMs - 1e-3)).toBeGreaterThan(0);
      }),
    );
  });

  it('gives back what was returned, and never more than its capacity', () => {
    const bucket = new TokenBucket(10, 5);
    bucket.take(5, 0);
    bucket.take(-1, 0);
    expect(bucket.waitMs(1, 0)).toBe(0);
    bucket.take(-100, 0);
    expect(bucket.isFull(0)).toBe(true);
    bucket.take(5, 0);
    expect(bucket.waitMs(1, 0)).toBe(100);
  });
});
