/** Of objects and lists in each other. */
export const MAX_DEPTH = 32;
/** Written as JSON in UTF-8. */
export const MAX_BYTES = 204_800;

/** Whether a value is JSON within the limits. Looks no deeper than these, so that no depth overflows the stack. */
export function isJsonWithinLimits(value: unknown): boolean {
  return isSafeJson(value, MAX_DEPTH) && bytesOf(value) <= MAX_BYTES;
}

function isSafeJson(value: unknown, depth: number): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth === 0) return false;
  if (Array.isArray(value)) return value.every((item) => isSafeJson(item, depth - 1));
  return Object.entries(value).every(
    ([name, member]) => !isPrototypePollution(name, member) && isSafeJson(member, depth - 1),
  );
}

/** Names with which a program that copies objects carelessly changes all of its objects. */
function isPrototypePollution(name: string, member: unknown): boolean {
  if (name === '__proto__') return true;
  const isObject = typeof member === 'object' && member !== null;
  return name === 'constructor' && isObject && Object.hasOwn(member, 'prototype');
}

/** A variable in a literal may be undefined: not known yet, or not given. */
function bytesOf(value: unknown): number {
  return value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value));
}
