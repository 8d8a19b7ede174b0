// Looking up a global is slow inside Jest, and each job takes hundreds of these calls.
const { floor, imul } = Math;

/**
 * Returns numbers in [0, 1). Always seeded, so that two emulators with one seed hold equal jobs.
 */
export type Random = () => number;

/** 32-bit FNV-1a with a final mix, so that similar texts get very different hashes. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The mulberry32 generator: small and fast, for sample data. Not for secrets. */
export function createRandom(seed: string): Random {
  let state = hash32(seed);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function randomBetween(random: Random, low: number, high: number): number {
  return low + random() * (high - low);
}

export function randomItem<T>(random: Random, choices: readonly [T, ...T[]]): T {
  return choices[floor(random() * choices.length)] ?? choices[0];
}

export function randomText(random: Random, alphabet: string, length: number): string {
  let text = '';
  while (text.length < length) text += alphabet.charAt(floor(random() * alphabet.length));
  return text;
}

/** Returns a version 4 UUID, the form of the idempotency tokens that SDKs generate. */
export function randomUuid(random: Random): string {
  const hex = (length: number) => randomText(random, '0123456789abcdef', length);
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${randomText(random, '89ab', 1)}${hex(3)}-${hex(12)}`;
}
