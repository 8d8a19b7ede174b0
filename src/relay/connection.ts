import {
  type Cursor,
  type CursorPosition,
  type CursorCheckpoint,
  type SearchState,
  encodeCursor,
  MAX_CURSOR_LENGTH,
} from './cursor.ts';
import type { ConnectionRequest } from './connection-arguments.ts';

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
  readonly rows: readonly { readonly position: CursorPosition; readonly node: T | null }[];
  /** Whether there is more in the direction of reading. */
  readonly more: boolean;
  /** Set when reading stopped on a search that is not over; then it carries on from here. */
  readonly searchState?: SearchState;
}

/** Turns a page into a connection: every edge gets its cursor, and the flags say exactly what lies on either side. */
export function toConnection<T>(
  page: Page<T>,
  request: ConnectionRequest,
  fingerprint: string,
): Connection<T> {
  const edges = page.rows.map(({ position, node }) => ({
    cursor: encodeCursor({ fingerprint, position }),
    node,
  }));
  const forward = request.from === 'start';
  const behind = pointsAtEdge(forward ? request.after : request.before);
  const ahead = page.more || pointsAtEdge(forward ? request.before : request.after);
  const continued = continuationCursor(page, request, fingerprint);
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
function continuationCursor<T>(
  { rows, searchState }: Page<T>,
  { from, after, before }: ConnectionRequest,
  fingerprint: string,
): string | undefined {
  if (!searchState) return undefined;
  const start = from === 'start' ? after?.position : before?.position;
  const position = (from === 'start' ? rows.at(-1) : rows.at(0))?.position ?? start;
  return encodeCursor({
    fingerprint,
    position: position ?? UNPOSITIONED,
    searchState: truncateSearchState(searchState),
  });
}

/**
 * As much of a search as fits a cursor: one token of the greatest length does, or several of the usual. Sources that
 * have to be left out start again from the place, and get their turn once the others are done.
 */
function truncateSearchState({ from, checkpoints }: SearchState): SearchState {
  const kept: Record<string, CursorCheckpoint> = {};
  let room = MAX_SEARCH_STATE_LENGTH;
  for (const [source, checkpoint] of Object.entries(checkpoints)) {
    room -= JSON.stringify([source, checkpoint]).length;
    if (room < 0) break;
    kept[source] = checkpoint;
  }
  return { from, checkpoints: kept };
}

/** Leaves room in a cursor, of which base64 takes a quarter, for the rest of its fields. */
const MAX_SEARCH_STATE_LENGTH = (MAX_CURSOR_LENGTH * 3) / 4 - 512;

/** The place of a search that has found nothing yet: no edge lies behind it. */
const UNPOSITIONED: CursorPosition = { submitTime: null, invocationArn: '', offset: 0 };

/**
 * Whether an edge lies where a cursor points. The row that it was minted for is behind the page by definition, so this
 * costs no call; only a cursor of a search that has found nothing yet points at no row.
 */
function pointsAtEdge(cursor: Cursor | undefined): boolean {
  return cursor != null && (cursor.position.submitTime !== null || cursor.position.offset > 0);
}
