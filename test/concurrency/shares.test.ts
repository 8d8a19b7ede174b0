import { Shares } from '../../src/concurrency/shares.ts';

describe('Shares', () => {
  it('a key holds at most the maximum, whatever other keys hold', () => {
    const shares = new Shares(10);
    expect(shares.acquire('a', 7)).toBeDefined();
    expect(shares.acquire('a', 4)).toBeUndefined();
    expect(shares.acquire('a', 3)).toBeDefined();
    expect(shares.acquire('b', 10)).toBeDefined();
    expect([shares.held('a'), shares.held('b'), shares.total, shares.keys]).toEqual([
      10, 10, 20, 2,
    ]);
  });

  it('an amount is given back once', () => {
    const shares = new Shares(10);
    const release = shares.acquire('a', 6);
    shares.acquire('a', 2);
    release?.();
    release?.();
    expect([shares.held('a'), shares.total, shares.keys]).toEqual([2, 2, 1]);
  });

  it('a key that holds nothing is forgotten', () => {
    const shares = new Shares(1);
    shares.acquire('a')?.();
    expect([shares.held('a'), shares.keys]).toEqual([0, 0]);
  });
});
