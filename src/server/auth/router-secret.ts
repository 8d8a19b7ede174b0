import { createHash, timingSafeEqual } from 'node:crypto';

/** Compares in constant time, so that timing reveals neither the secrets nor their lengths. */
export function matchesSecret(text: string, secrets: readonly string[]): boolean {
  const actual = digest(text);
  return secrets.map((secret) => timingSafeEqual(actual, digest(secret))).includes(true);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
