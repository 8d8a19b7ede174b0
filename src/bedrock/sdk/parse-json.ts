import { isAscii } from 'node:buffer';
import { randomUUID } from 'node:crypto';

/** For longer strings, V8 requests new memory from the operating system each time. */
const CHUNK_BYTES = 65_536;

/**
 * Parses JSON in UTF-8.
 *
 * A long text that is mostly one list of objects, such as a page, is parsed in chunks: allocating
 * memory for one long string can take longer than parsing it.
 *
 * @throws {SyntaxError}
 */
export function parseJson(bytes: Buffer, chunkBytes = CHUNK_BYTES): unknown {
  if (bytes.length > chunkBytes) {
    try {
      const value = parseInChunks(bytes, chunkBytes);
      if (value !== undefined) return value;
    } catch {
      // Not cut at the end of an object, or not JSON at all: parse it as a whole.
    }
  }
  return JSON.parse(decode(bytes));
}

/** Replaces the list. It is random, so that no text can contain it. */
const PLACEHOLDER = randomUUID();

/**
 * Cuts a list at places that look like the end of one object and the start of the next. When all
 * chunks are valid JSON, so is the whole, with the same value: JSON is not ambiguous. Returns
 * undefined when there is no such list.
 */
function parseInChunks(bytes: Buffer, chunkBytes: number): object | undefined {
  const start = bytes.indexOf('[{') + 1;
  const end = bytes.lastIndexOf('}]') + 1;
  if (start === 0 || end < start) return undefined;
  const envelope: unknown = JSON.parse(
    `${decode(bytes.subarray(0, start))}"${PLACEHOLDER}"${decode(bytes.subarray(end))}`,
  );
  if (typeof envelope !== 'object' || envelope === null) return undefined;
  const list = Object.values(envelope).find(isPlaceholder);
  if (!list) return undefined;
  list.pop();
  for (let from = start; from < end;) {
    const cut = bytes.indexOf('},{', from + chunkBytes) + 1;
    const to = cut > 0 && cut < end ? cut : end;
    const items = JSON.parse(`[${decode(bytes.subarray(from, to))}]`) as unknown[];
    for (const item of items) list.push(item);
    from = to + 1;
  }
  return envelope;
}

function isPlaceholder(value: unknown): value is unknown[] {
  return Array.isArray(value) && value.length === 1 && value[0] === PLACEHOLDER;
}

/** Most texts are ASCII, and checking for ASCII is faster than decoding UTF-8. */
function decode(bytes: Buffer): string {
  return bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');
}
