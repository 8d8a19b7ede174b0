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

/** One page of the rows between the cursors of a request. */
export interface Page<T> {
  /** In the order of the connection. */
  readonly rows: readonly { readonly position: CursorPosition; readonly node: T | null }[];
  /** Whether there are more rows in the direction of reading. */
  readonly hasMore: boolean;
  /** Set when reading stopped before the search was complete: where to continue. */
  readonly searchState?: SearchState;
}

/** Converts a page to a connection with a cursor for each edge and exact flags for both sides. */
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
  const hasEdgeBehind = pointsAtEdge(forward ? request.after : request.before);
  const hasEdgeAhead = page.hasMore || pointsAtEdge(forward ? request.before : request.after);
  const continuation = continuationCursor(page, request, fingerprint);
  return {
    edges,
    pageInfo: {
      hasNextPage: forward ? hasEdgeAhead : hasEdgeBehind,
      hasPreviousPage: forward ? hasEdgeBehind : hasEdgeAhead,
      startCursor: (forward ? undefined : continuation) ?? edges.at(0)?.cursor ?? null,
      endCursor: (forward ? continuation : undefined) ?? edges.at(-1)?.cursor ?? null,
    },
  };
}

/**
 * Returns the cursor that continues an unfinished search: the position of the last row found, and
 * the state of the search. Compared with that row's own cursor it only saves upstream calls: the
 * next page skips the part that was already searched.
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
 * Keeps as many checkpoints as fit into a cursor: one of the greatest length, or several of the
 * usual length. The other sources are searched again from the position.
 */
function truncateSearchState({ from, checkpoints }: SearchState): SearchState {
  const kept: Record<string, CursorCheckpoint> = {};
  let remainingLength = MAX_SEARCH_STATE_LENGTH;
  for (const [source, checkpoint] of Object.entries(checkpoints)) {
    remainingLength -= JSON.stringify([source, checkpoint]).length;
    if (remainingLength < 0) break;
    kept[source] = checkpoint;
  }
  return { from, checkpoints: kept };
}

/** Base64 uses a quarter of a cursor, and the other fields get 512 characters. */
const MAX_SEARCH_STATE_LENGTH = (MAX_CURSOR_LENGTH * 3) / 4 - 512;

/** The position of a search that has not found any row yet. */
const UNPOSITIONED: CursorPosition = { submitTime: null, invocationArn: '', offset: 0 };

/**
 * Whether a cursor points at an edge. A cursor is made for a row, so this needs no upstream call.
 * Only the cursor of a search that has not found any row yet points at none.
 */
function pointsAtEdge(cursor: Cursor | undefined): boolean {
  return cursor != null && (cursor.position.submitTime !== null || cursor.position.offset > 0);
}
