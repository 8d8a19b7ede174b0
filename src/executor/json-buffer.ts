import { JsonSlice } from './json-slice.ts';

const FIRST_BYTES = 65_536;
/** A larger buffer is replaced by a small one after use. */
const MAX_RETAINED_BYTES = 4_194_304;
/** Longer pending text is moved into the buffer: concatenation is only cheap for short strings. */
const MAX_PENDING_LENGTH = 1024;

/** Text that needs no escaping between quotes. */
const PLAIN = /^[ !#-[\]-~]*$/;

/**
 * Collects JSON in ASCII in one reusable buffer. Five times as fast as building objects and calling
 * `JSON.stringify`.
 */
export class JsonBuffer {
  #buffer = Buffer.allocUnsafe(FIRST_BYTES);
  /** Number of bytes in the buffer. */
  #moved = 0;
  #pending = '';

  get length(): number {
    return this.#moved + this.#pending.length;
  }

  /** Appends JSON that is known to be ASCII. */
  raw(json: string): void {
    this.#pending += json;
    if (this.#pending.length > MAX_PENDING_LENGTH) this.#move();
  }

  /** Drops everything from `length` on. */
  truncate(length: number): void {
    if (length >= this.#moved) this.#pending = this.#pending.slice(0, length - this.#moved);
    else {
      this.#moved = length;
      this.#pending = '';
    }
    if (length === 0 && this.#buffer.length > MAX_RETAINED_BYTES) {
      this.#buffer = Buffer.allocUnsafe(FIRST_BYTES);
    }
  }

  /** Removes everything from `start` on and returns it. */
  take(start: number): JsonSlice {
    this.#move();
    const json = JsonSlice.of(this.#buffer.subarray(start, this.#moved));
    this.truncate(start);
    return json;
  }

  #move(): void {
    const end = this.length;
    if (end > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(end, this.#buffer.length * 2));
      this.#buffer.copy(larger, 0, 0, this.#moved);
      this.#buffer = larger;
    }
    this.#buffer.write(this.#pending, this.#moved, 'latin1');
    this.#moved = end;
    this.#pending = '';
  }
}

/** Returns `before` with the ASCII JSON of a value appended. Values that JSON lacks become null. */
export function appendJson(before: string, value: unknown): string {
  if (typeof value === 'string') return appendQuoted(`${before}"`, value);
  if (typeof value === 'number') return before + (Number.isFinite(value) ? String(value) : 'null');
  if (typeof value === 'boolean') return before + (value ? 'true' : 'false');
  return before + escapeNonAscii(JSON.stringify([value]).slice(1, -1));
}

/**
 * Returns `before`, which ends with the opening quote, with the rest of the JSON string appended.
 */
export function appendQuoted(before: string, text: string): string {
  return PLAIN.test(text)
    ? `${before}${text}"`
    : before + escapeNonAscii(JSON.stringify(text).slice(1));
}

/** Escapes every character outside ASCII. */
function escapeNonAscii(json: string): string {
  return json.replace(
    /[^\0-~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
