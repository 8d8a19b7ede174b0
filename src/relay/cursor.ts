import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { type PagingInputReason, UserInputError } from './user-input-error.ts';

/**
 * A position in a total order. A cursor never expires and works in both directions.
 * It grants no access (every request checks the caller's rights), so it is not a secret.
 * The checksum only detects damage.
 */
export interface Cursor {
  /** Identifies the filter and order that the cursor belongs to; see {@link fingerprintOf}. */
  readonly fingerprint: string;
  readonly position: CursorPosition;
  /** How to continue a search that used up its call budget before it found the next row. */
  readonly searchState?: SearchState;
}

export interface CursorPosition {
  /** Milliseconds since the epoch. Null is the position before the first row. */
  readonly submitTime: number | null;
  readonly invocationArn: string;
  /** 0 for the row itself, n for the nth row after it that has no position in its own data. */
  readonly offset: number;
}

export interface SearchState {
  /** The end that reading started from. The tokens are only valid in that direction. */
  readonly from: 'start' | 'end';
  /** Where to continue, by the key of the source. */
  readonly checkpoints: Readonly<Record<string, CursorCheckpoint>>;
}

export interface CursorCheckpoint {
  /** The submit time that the window of the upstream query starts at. The token belongs to it. */
  readonly since: number | null;
  /** The upstream's page token. */
  readonly token: string;
}

const VERSION = 1;
const CHECKSUM_BYTES = 4;
/** The largest time that a `Date` can hold, in milliseconds. */
const MAX_TIME = 8.64e15;
/** Page tokens of the upstream are printable ASCII without spaces. */
const TOKEN = /^[!-~]{1,2048}$/;

/** Longer cursors are rejected without decoding. Twice the space of the longest upstream token. */
export const MAX_CURSOR_LENGTH = 4096;

/** Reused for every cursor, because a page encodes one for each row. */
const encodeBuffer = Buffer.allocUnsafe(4 * MAX_CURSOR_LENGTH);

/** Returns a short digest of everything that decides the rows of a connection and their order. */
export function fingerprintOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 8);
}

export function encodeCursor({ fingerprint, position, searchState }: Cursor): string {
  const fields: unknown[] = [VERSION, fingerprint, position.submitTime, position.invocationArn];
  if (position.offset > 0 || searchState) fields.push(position.offset);
  if (searchState) fields.push(searchState.from, searchState.checkpoints);
  const json = JSON.stringify(fields);
  const buffer =
    json.length > MAX_CURSOR_LENGTH ? Buffer.allocUnsafe(4 * json.length) : encodeBuffer;
  const end = CHECKSUM_BYTES + buffer.write(json, CHECKSUM_BYTES);
  buffer.writeUInt32BE(crc32(buffer.subarray(CHECKSUM_BYTES, end)));
  return buffer.toString('base64url', 0, end);
}

/**
 * Decodes a cursor.
 *
 * @throws {UserInputError} `INVALID_CURSOR` for text that {@link encodeCursor} did not produce for
 * this fingerprint: damage, padding, another alphabet, filter, order or version.
 */
export function decodeCursor(text: string, fingerprint: string): Cursor {
  const cursor = parse(text);
  if (!cursor) throw invalidCursor('The cursor is not valid.');
  if (cursor.fingerprint !== fingerprint) {
    throw invalidCursor('The cursor belongs to another filter or order.');
  }
  return cursor;
}

function parse(text: string): Cursor | undefined {
  if (text.length === 0 || text.length > MAX_CURSOR_LENGTH) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  // Node's decoder ignores padding, foreign characters and stray bits. Encoding again detects them.
  if (bytes.toString('base64url') !== text || bytes.length <= CHECKSUM_BYTES) return undefined;
  const payload = bytes.subarray(CHECKSUM_BYTES);
  if (crc32(payload) !== bytes.readUInt32BE(0)) return undefined;
  try {
    const cursor = fromFields(JSON.parse(payload.toString('utf8')));
    return cursor && encodeCursor(cursor) === text ? cursor : undefined;
  } catch {
    return undefined;
  }
}

function fromFields(fields: unknown): Cursor | undefined {
  if (!Array.isArray(fields)) return undefined;
  const [version, fingerprint, submitTime, invocationArn, offset = 0, from, checkpoints] =
    fields as unknown[];
  if (version !== VERSION || typeof fingerprint !== 'string') return undefined;
  if (!isTimestampOrNull(submitTime) || typeof invocationArn !== 'string') return undefined;
  if (typeof offset !== 'number' || !Number.isSafeInteger(offset) || offset < 0) return undefined;
  const position = { submitTime, invocationArn, offset };
  if (from === undefined) return { fingerprint, position };
  if ((from !== 'start' && from !== 'end') || !isCheckpoints(checkpoints)) return undefined;
  return { fingerprint, position, searchState: { from, checkpoints } };
}

function isTimestampOrNull(value: unknown): value is number | null {
  return value === null || (Number.isSafeInteger(value) && Math.abs(Number(value)) <= MAX_TIME);
}

function isCheckpoints(value: unknown): value is Record<string, CursorCheckpoint> {
  return typeof value === 'object' && value !== null && Object.values(value).every(isCheckpoint);
}

function isCheckpoint(value: unknown): value is CursorCheckpoint {
  if (typeof value !== 'object' || value === null) return false;
  if (!('since' in value) || !('token' in value)) return false;
  return (
    isTimestampOrNull(value.since) && typeof value.token === 'string' && TOKEN.test(value.token)
  );
}

function invalidCursor(message: string): UserInputError {
  return new UserInputError<PagingInputReason>('INVALID_CURSOR', message);
}
