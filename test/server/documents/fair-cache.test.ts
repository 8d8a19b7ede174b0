import { FairCache } from '../../../src/server/documents/fair-cache.ts';

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f'];
const createCache = (entries: readonly (readonly [key: string, owner: string])[]) => {
  const cache = new FairCache<string>(4);
  for (const [key, owner] of entries) cache.add(key, key.toUpperCase(), { size: 1, owner });
  return cache;
};
const keysOf = (cache: FairCache<string>) => KEYS.filter((key) => cache.has(key));

describe('a fair cache', () => {
  it('returns what was added', () => {
    const cache = createCache([['a', 'x']]);
    expect([cache.get('a'), cache.get('b')]).toEqual(['A', undefined]);
  });

  it('removes an entry of the caller that holds the most', () => {
    const cache = createCache([
      ['a', 'quiet'],
      ['b', 'busy'],
      ['c', 'busy'],
      ['d', 'busy'],
      ['e', 'busy'],
      ['f', 'busy'],
    ]);
    expect(keysOf(cache)).toEqual(['a', 'd', 'e', 'f']);
  });

  it('removes an entry of another caller once that caller holds the most', () => {
    const cache = createCache([
      ['a', 'x'],
      ['b', 'x'],
      ['c', 'x'],
      ['d', 'x'],
      ['e', 'y'],
      ['f', 'y'],
    ]);
    expect(keysOf(cache)).toEqual(['c', 'd', 'e', 'f']);
  });

  it('removes the entry that was used least recently', () => {
    const cache = createCache(KEYS.slice(0, 4).map((key) => [key, 'x'] as const));
    cache.get('a');
    cache.add('e', 'E', { size: 1, owner: 'x' });
    expect(keysOf(cache)).toEqual(['a', 'c', 'd', 'e']);
  });

  it('makes room for a large entry, and rejects one over its size', () => {
    const cache = createCache(KEYS.slice(0, 4).map((key) => [key, 'x'] as const));
    cache.add('e', 'E', { size: 3, owner: 'x' });
    expect(keysOf(cache)).toEqual(['d', 'e']);
    cache.add('f', 'F', { size: 5, owner: 'x' });
    expect(keysOf(cache)).toEqual(['d', 'e']);
  });
});
