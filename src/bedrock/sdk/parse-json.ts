import { isAscii } from 'node:buffer';
import { randomUUID } from 'node:crypto';

/** Text that V8 still has room for where it makes all things; for longer text it asks the operating system each time. */
const PIECE_BYTES = 65_536;

/**
 * What JSON in UTF-8 says.
 *
 * Where a long text is mostly one list of objects, as a page is, it is read in pieces: memory for one long string comes from
 * the operating system, page by page, which can take longer than all the reading.
 *
 * @throws {SyntaxError}
 */
export function parseJson(bytes: Buffer, pieceBytes = PIECE_BYTES): unknown {
  if (bytes.length > pieceBytes) {
    try {
      const value = parseInChunks(bytes, pieceBytes);
      if (value !== undefined) return value;
    } catch {
      // Cut where there was no end of an object, or no JSON at all: that is for the whole to say.
    }
  }
  return JSON.parse(decode(bytes));
}

/** Stands for the list; nobody can have written it. */
const PLACEHOLDER = randomUUID();

/**
 * Cuts a list where an object seems to end and another to begin. If all the pieces are JSON, so is the whole, and says the
 * same: JSON can be read in one way only. Undefined where there is no such list.
 */
function parseInChunks(bytes: Buffer, pieceBytes: number): object | undefined {
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
    const cut = bytes.indexOf('},{', from + pieceBytes) + 1;
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

/** Mostly ASCII, which is looked for faster than UTF-8 is read. */
function decode(bytes: Buffer): string {
  return bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');
}
