/** Maximum nesting of objects and lists. */
export const MAX_DEPTH = 32;
/** Maximum size as JSON in UTF-8. */
export const MAX_BYTES = 204_800;

/**
 * Returns whether a value is JSON within the limits. Stops at the depth limit, so no depth
 * overflows the stack.
 */
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

/**
 * Detects names that change the prototype of all objects in a program that copies objects
 * carelessly.
 */
function isPrototypePollution(name: string, member: unknown): boolean {
  if (name === '__proto__') return true;
  const isObject = typeof member === 'object' && member !== null;
  return name === 'constructor' && isObject && Object.hasOwn(member, 'prototype');
}

/** A variable inside a literal may be undefined: not coerced yet, or not provided. */
function bytesOf(value: unknown): number {
  return value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value));
}
