import { JsonSlice } from './json-slice.ts';

const FIRST_BYTES = 65_536;
/** What is larger is not kept for the next one. */
const KEPT_BYTES = 4_194_304;
/**
 * Longer text is moved into the buffer: putting strings together is cheap only while they are
 * short.
 */
const PENDING_LENGTH = 1024;

/** What can stand between quotes as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;

/**
 * Writes JSON in ASCII, one piece behind the other, into one buffer that is used again and again.
 * Five times as fast as making objects of it first, and having them made text of (`npm run bench`
 * has what it comes to).
 */
export class JsonBuffer {
  #buffer = Buffer.allocUnsafe(FIRST_BYTES);
  /** Of what is in the buffer. */
  #moved = 0;
  #pending = '';

  get length(): number {
    return this.#moved + this.#pending.length;
  }

  /** JSON that is known to be ASCII. */
  raw(json: string): void {
    this.#pending += json;
    if (this.#pending.length > PENDING_LENGTH) this.#move();
  }

  /** Takes back what was written from there on. */
  truncate(length: number): void {
    if (length >= this.#moved) this.#pending = this.#pending.slice(0, length - this.#moved);
    else {
      this.#moved = length;
      this.#pending = '';
    }
    if (length === 0 && this.#buffer.length > KEPT_BYTES) {
      this.#buffer = Buffer.allocUnsafe(FIRST_BYTES);
    }
  }

  /** What was written from there on, which is taken back. */
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

/**
 * The JSON of any value, in ASCII, behind other text; what JSON has no word for is null, as in a
 * list.
 */
export function appendJson(before: string, value: unknown): string {
  if (typeof value === 'string') return appendQuoted(`${before}"`, value);
  if (typeof value === 'number') return before + (Number.isFinite(value) ? String(value) : 'null');
  if (typeof value === 'boolean') return before + (value ? 'true' : 'false');
  return before + escapeNonAscii(JSON.stringify([value]).slice(1, -1));
}

/** The JSON of a text, behind what ends with the first of its quotes. */
export function appendQuoted(before: string, text: string): string {
  return PLAIN.test(text)
    ? `${before}${text}"`
    : before + escapeNonAscii(JSON.stringify(text).slice(1));
}

/** The same JSON, with everything that is not ASCII escaped. */
function escapeNonAscii(json: string): string {
  return json.replace(
    /[^\0-~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
