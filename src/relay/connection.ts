import {
  type Cursor,
  type CursorPlace,
  type CursorResumption,
  type CursorScan,
  encodeCursor,
  MAX_CURSOR_LENGTH,
} from './cursor.ts';
import type { PageRequest } from './connection-arguments.ts';

export interface Edge<T> {
  readonly cursor: string;
  readonly node: T | null;
}

export interface PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}

export interface Connection<T> {
  readonly edges: readonly Edge<T>[];
  readonly pageInfo: PageInfo;
}

/** What a read of the range gave: rows in the connection's order, and whether the range goes on past them. */
export interface Page<T> {
  readonly rows: readonly { readonly place: CursorPlace; readonly node: T | null }[];
  /** Whether there is more in the direction of reading. */
  readonly more: boolean;
  /** Set when reading stopped on a search that is not over; then it carries on from here. */
  readonly scan?: CursorScan;
}

/** Turns a page into a connection: every edge gets its cursor, and the flags say exactly what lies on either side. */
export function toConnection<T>(
  page: Page<T>,
  request: PageRequest,
  fingerprint: string,
): Connection<T> {
  const edges = page.rows.map(({ place, node }) => ({
    cursor: encodeCursor({ fingerprint, place }),
    node,
  }));
  const forward = request.from === 'start';
  const behind = hasEdgeAt(forward ? request.after : request.before);
  const ahead = page.more || hasEdgeAt(forward ? request.before : request.after);
  const continued = continuation(page, request, fingerprint);
  return {
    edges,
    pageInfo: {
      hasNextPage: forward ? ahead : behind,
      hasPreviousPage: forward ? behind : ahead,
      startCursor: (forward ? undefined : continued) ?? edges.at(0)?.cursor ?? null,
      endCursor: (forward ? continued : undefined) ?? edges.at(-1)?.cursor ?? null,
    },
  };
}

/**
 * The cursor that carries a search on where its budget ended: the place of the last row found, and the way on. It differs
 * from that row's own cursor only in sparing the next page the part that was searched in vain.
 */
function continuation<T>(
  { rows, scan }: Page<T>,
  { from, after, before }: PageRequest,
  fingerprint: string,
): string | undefined {
  if (!scan) return undefined;
  const start = from === 'start' ? after?.place : before?.place;
  const place = (from === 'start' ? rows.at(-1) : rows.at(0))?.place ?? start;
  return encodeCursor({ fingerprint, place: place ?? NOWHERE, scan: fitting(scan) });
}

/**
 * As much of a search as fits a cursor: one token of the greatest length does, or several of the usual. Sources that
 * have to be left out start again from the place, and get their turn once the others are done.
 */
function fitting({ from, resumptions }: CursorScan): CursorScan {
  const kept: Record<string, CursorResumption> = {};
  let room = MAX_SCAN_LENGTH;
  for (const [source, resumption] of Object.entries(resumptions)) {
    room -= JSON.stringify([source, resumption]).length;
    if (room < 0) break;
    kept[source] = resumption;
  }
  return { from, resumptions: kept };
}

/** Leaves room in a cursor, of which base64 takes a quarter, for the rest of its fields. */
const MAX_SCAN_LENGTH = (MAX_CURSOR_LENGTH * 3) / 4 - 512;

/** The place of a search that has found nothing yet: no edge lies behind it. */
const NOWHERE: CursorPlace = { submitTime: null, invocationArn: '', offset: 0 };

/**
 * Whether an edge lies where a cursor points. The row that it was minted for is behind the page by definition, so this
 * costs no call; only a cursor of a search that has found nothing yet points at no row.
 */
function hasEdgeAt(cursor: Cursor | undefined): boolean {
  return cursor != null && (cursor.place.submitTime !== null || cursor.place.offset > 0);
}
