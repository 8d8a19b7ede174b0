import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { type PagingInputReason, UserInputError } from './user-input-error.ts';

/**
 * A cursor names a place in a total order, so it never expires and works in both directions. It grants nothing (the
 * caller's rights are checked on every request), so it is not a secret: the checksum only rejects damage.
 */
export interface Cursor {
  /** Of the filter and order that the cursor belongs to; see {@link fingerprintOf}. */
  readonly fingerprint: string;
  readonly position: CursorPosition;
  /** How to continue a search that found nothing further before its budget was spent. */
  readonly searchState?: SearchState;
}

export interface CursorPosition {
  /** Milliseconds since the epoch; null is the place before the first row. */
  readonly submitTime: number | null;
  readonly invocationArn: string;
  /** 0 is the row itself; n is the nth row after it that could not be placed by its own data. */
  readonly offset: number;
}

export interface SearchState {
  /** The direction in which the upstream was read: the tokens mean nothing in the other one. */
  readonly from: 'start' | 'end';
  /** By source: its page token, and the submit time from which its window was narrowed, to which the token belongs. */
  readonly checkpoints: Readonly<Record<string, CursorCheckpoint>>;
}

export interface CursorCheckpoint {
  readonly since: number | null;
  readonly token: string;
}

const VERSION = 1;
const CHECKSUM_BYTES = 4;
/** What the upstream's page tokens are made of: printable, without spaces. */
const TOKEN = /^[!-~]{1,2048}$/;

/** Longer cursors are refused unread. Twice what one page token of the upstream's greatest length takes. */
export const MAX_CURSOR_LENGTH = 4096;

const encodeBuffer = Buffer.allocUnsafe(4 * MAX_CURSOR_LENGTH);

/** A short digest of whatever decides which rows a connection holds and in which order. */
export function fingerprintOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 8);
}

export function encodeCursor({ fingerprint, position, searchState }: Cursor): string {
  const fields: unknown[] = [VERSION, fingerprint, position.submitTime, position.invocationArn];
  if (position.offset > 0 || searchState) fields.push(position.offset);
  if (searchState) fields.push(searchState.from, searchState.checkpoints);
  const json = JSON.stringify(fields);
  // A page has one for each row: they are all written in the same place.
  const buffer =
    json.length > MAX_CURSOR_LENGTH ? Buffer.allocUnsafe(4 * json.length) : encodeBuffer;
  const end = CHECKSUM_BYTES + buffer.write(json, CHECKSUM_BYTES);
  buffer.writeUInt32BE(crc32(buffer.subarray(CHECKSUM_BYTES, end)));
  return buffer.toString('base64url', 0, end);
}

/**
 * Reads a cursor back.
 *
 * @throws {UserInputError} `INVALID_CURSOR` for anything that {@link encodeCursor} did not mint for this fingerprint:
 * damage, padding, other alphabets, another filter or order, another version.
 */
export function decodeCursor(text: string, fingerprint: string): Cursor {
  const cursor = parse(text);
  if (!cursor) throw invalidCursor('is not a cursor of this graph.');
  if (cursor.fingerprint !== fingerprint) {
    throw invalidCursor('belongs to another filter or order.');
  }
  return cursor;
}

function parse(text: string): Cursor | undefined {
  if (text.length === 0 || text.length > MAX_CURSOR_LENGTH) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  // Node's decoder forgives padding, foreign characters and stray tail bits; encoding again shows them.
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
  if (!isTimeOrNull(submitTime) || typeof invocationArn !== 'string') return undefined;
  if (typeof offset !== 'number' || !Number.isSafeInteger(offset) || offset < 0) return undefined;
  const position = { submitTime, invocationArn, offset };
  if (from === undefined) return { fingerprint, position };
  if ((from !== 'start' && from !== 'end') || !isCheckpoints(checkpoints)) return undefined;
  return { fingerprint, position, searchState: { from, checkpoints } };
}

function isTimeOrNull(value: unknown): value is number | null {
  return value === null || (Number.isSafeInteger(value) && Math.abs(Number(value)) <= 8.64e15);
}

function isCheckpoints(value: unknown): value is Record<string, CursorCheckpoint> {
  return typeof value === 'object' && value !== null && Object.values(value).every(isCheckpoint);
}

function isCheckpoint(value: unknown): value is CursorCheckpoint {
  if (typeof value !== 'object' || value === null) return false;
  if (!('since' in value) || !('token' in value)) return false;
  return isTimeOrNull(value.since) && typeof value.token === 'string' && TOKEN.test(value.token);
}

function invalidCursor(why: string): UserInputError {
  return new UserInputError<PagingInputReason>('INVALID_CURSOR', `The cursor ${why}`);
}
