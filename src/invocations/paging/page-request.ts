import type { InvocationStatus } from '../invocation.ts';
import type { Direction } from '../source.ts';
import type { Position } from './position.ts';
import type { SourceCheckpoint } from './source-reader.ts';
import type { SubmitTimeWindow } from './submit-time-window.ts';
import type { PositionedRow } from './tie-group.ts';

export interface PageRequest {
  /** The order of the connection. */
  readonly direction: Direction;
  /** The end of the range that reading starts from. */
  readonly from: 'start' | 'end';
  readonly limit: number;
  /** The bounds of the range, both exclusive. */
  readonly after?: PageBound | undefined;
  readonly before?: PageBound | undefined;
  readonly statusEquals?: InvocationStatus | undefined;
  readonly window: SubmitTimeWindow;
}

/** A position, and the state of an unfinished search that is to continue from it. */
export interface PageBound {
  readonly position: Position;
  readonly searchState?: SearchState | undefined;
}

/** Where to continue a search that used up its call budget before it found the next row. */
export interface SearchState {
  /** The end of the range that the search started from. */
  readonly from: 'start' | 'end';
  /** By the key of the source. */
  readonly checkpoints: Readonly<Record<string, SourceCheckpoint>>;
}

export interface PageResult {
  /** In the order of the connection, at most `limit`. */
  readonly rows: readonly PositionedRow[];
  /** Whether more rows follow in the direction of reading. With a `searchState`: may follow. */
  readonly hasMore: boolean;
  readonly searchState?: SearchState;
}
