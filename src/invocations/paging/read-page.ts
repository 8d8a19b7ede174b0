import { type Position, comparePositions } from './position.ts';
import { type Bounds, PageReader } from './page-reader.ts';
import type { PositionedRow } from './tie-group.ts';
import type { CallContext, Direction, InvocationSource } from '../source.ts';
import type { SourceCheckpoint } from './source-reader.ts';
import type { InvocationStatus } from '../invocation.ts';
import type { SubmitTimeWindow } from './submit-time-window.ts';

export interface PageRequest {
  /** The order of the connection. */
  readonly direction: Direction;
  /** The end of the range that reading starts from. */
  readonly from: 'start' | 'end';
  readonly limit: number;
  /** Both exclusive. */
  readonly after?: PageBound | undefined;
  readonly before?: PageBound | undefined;
  readonly statusEquals?: InvocationStatus | undefined;
  readonly window: SubmitTimeWindow;
}

/** A place in the order, and maybe the way on for a search that had found nothing further before it had to stop. */
export interface PageBound {
  readonly position: Position;
  readonly searchState?: SearchState | undefined;
}

export interface SearchState {
  readonly from: 'start' | 'end';
  /** By the key of the source. */
  readonly checkpoints: Readonly<Record<string, SourceCheckpoint>>;
}

export interface PageResult {
  /** In the connection's order, at most `limit`. */
  readonly rows: readonly PositionedRow[];
  /** Whether the range goes on in the direction of reading. After a search that had to stop: that it may. */
  readonly more: boolean;
  readonly searchState?: SearchState;
}

/** Whether a walk that has made so many upstream calls has to come to an end. */
export type CallBudget = (calls: number) => boolean;

/**
 * Reads one page of the merged sources, at most one row further than the page needs.
 *
 * Costs one upstream call per source for a page of up to 999 rows, unless upstream pages come short, many rows share the
 * page's last submit time, or more than a handful were submitted within two seconds of the cursor's place. When the
 * budget is spent first, the page is short and says how to go on; it always gets somewhere.
 *
 * @throws {Fault}
 */
export async function readPage(
  sources: readonly InvocationSource[],
  request: PageRequest,
  isExhausted: CallBudget,
  call: CallContext,
): Promise<PageResult> {
  const bounds = toBounds(request);
  if (!bounds) return { rows: [], more: false };
  const reader = new PageReader(sources, request, bounds);
  let calls = 0;
  while (!reader.isDone) {
    const sourcesToRead = reader.sourcesToRead();
    if (sourcesToRead.length === 0) {
      reader.consumeGroup();
    } else if (calls > 0 && isExhausted(calls) && reader.acceptPartial()) {
      break;
    } else {
      calls += sourcesToRead.length;
      await Promise.all(
        sourcesToRead.map((stream) => stream.readNextPage(reader.rowsNeeded, call)),
      );
    }
  }
  return reader.page();
}

/** Undefined when nothing can lie between the bounds. */
function toBounds({ direction, from, after, before }: PageRequest): Bounds | undefined {
  if (isUnpositioned(after, 'end') || isUnpositioned(before, 'start')) return undefined;
  const first = after?.position;
  const last = isUnpositioned(before, 'end') ? undefined : before?.position;
  if (first && last && comparePositions(first, last, direction) >= 0) return undefined;
  return from === 'start'
    ? { start: first, end: last, searchState: after?.searchState }
    : { start: last, end: first, searchState: before?.searchState };
}

/** Whether a bound is that of a search from this end which has not found any row yet. */
function isUnpositioned(bound: PageBound | undefined, from: 'start' | 'end'): boolean {
  return (
    bound?.searchState?.from === from && bound.position.submitTime === null && bound.position.offset === 0
  );
}
