import { Shares } from '../../src/concurrency/shares.ts';

describe('Shares', () => {
  it('a key holds at most the maximum, whatever other keys hold', () => {
    const shares = new Shares(10);
    expect(shares.acquire('a', 7)).toBeDefined();
    expect(shares.acquire('a', 4)).toBeUndefined();
    expect(shares.acquire('a', 3)).toBeDefined();
    expect(shares.acquire('b', 10)).toBeDefined();
    expect([shares.held('a'), shares.held('b'), shares.total]).toEqual([10, 10, 20]);
    expect(shares.acquire('a', 1, 11)).toBeDefined();
  });

  it('an amount is given back once', () => {
    const shares = new Shares(10);
    const release = shares.acquire('a', 6);
    shares.acquire('a', 2);
    release?.();
    release?.();
    expect([shares.held('a'), shares.total]).toEqual([2, 2]);
  });

  it('a key is below the others if they hold more on average', () => {
    const shares = new Shares(10);
    expect(shares.isBelowOthers('a')).toBe(false);
    shares.acquire('a', 2);
    expect([shares.isBelowOthers('a'), shares.isBelowOthers('b')]).toEqual([false, true]);
    shares.acquire('b', 1);
    shares.acquire('c', 4);
    expect(['a', 'b', 'c'].map((key) => shares.isBelowOthers(key))).toEqual([true, true, false]);
  });
});
