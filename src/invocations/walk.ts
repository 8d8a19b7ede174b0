import { type Place, comparePlaces } from './place.ts';
import { type Range, RangeReader } from './range-reader.ts';
import type { PlacedRow } from './row-group.ts';
import type { Call, Direction, InvocationSource } from './source.ts';
import type { Resumption } from './source-stream.ts';
import type { InvocationStatus } from './invocation.ts';
import type { SubmitTimeWindow } from './window.ts';

export interface WalkRequest {
  /** The order of the connection. */
  readonly direction: Direction;
  /** The end of the range that reading starts from. */
  readonly from: 'start' | 'end';
  readonly limit: number;
  /** Both exclusive. */
  readonly after?: Bound | undefined;
  readonly before?: Bound | undefined;
  readonly statusEquals?: InvocationStatus | undefined;
  readonly window: SubmitTimeWindow;
}

/** A place in the order, and maybe the way on for a search that had found nothing further before it had to stop. */
export interface Bound {
  readonly place: Place;
  readonly scan?: Scan | undefined;
}

export interface Scan {
  readonly from: 'start' | 'end';
  /** By the key of the source. */
  readonly resumptions: Readonly<Record<string, Resumption>>;
}

export interface WalkPage {
  /** In the connection's order, at most `limit`. */
  readonly rows: readonly PlacedRow[];
  /** Whether the range goes on in the direction of reading. After a search that had to stop: that it may. */
  readonly more: boolean;
  readonly scan?: Scan;
}

/** Whether a walk that has made so many upstream calls has to come to an end. */
export type Budget = (calls: number) => boolean;

/**
 * Reads one page of the merged sources, at most one row further than the page needs.
 *
 * Costs one upstream call per source for a page of up to 999 rows, unless upstream pages come short, many rows share the
 * page's last submit time, or more than a handful were submitted within two seconds of the cursor's place. When the
 * budget is spent first, the page is short and says how to go on; it always gets somewhere.
 *
 * @throws {Fault}
 */
export async function walk(
  sources: readonly InvocationSource[],
  request: WalkRequest,
  isSpent: Budget,
  call: Call,
): Promise<WalkPage> {
  const range = toRange(request);
  if (!range) return { rows: [], more: false };
  const reader = new RangeReader(sources, request, range);
  let calls = 0;
  while (!reader.done) {
    const starving = reader.starving();
    if (starving.length === 0) {
      reader.takeGroup();
    } else if (calls > 0 && isSpent(calls) && reader.settle()) {
      break;
    } else {
      calls += starving.length;
      await Promise.all(starving.map((stream) => stream.fill(reader.wanted, call)));
    }
  }
  return reader.page();
}

/** Undefined when nothing can lie between the bounds. */
function toRange({ direction, from, after, before }: WalkRequest): Range | undefined {
  if (isNowhere(after, 'end') || isNowhere(before, 'start')) return undefined;
  const first = after?.place;
  const last = isNowhere(before, 'end') ? undefined : before?.place;
  if (first && last && comparePlaces(first, last, direction) >= 0) return undefined;
  return from === 'start'
    ? { near: first, far: last, scan: after?.scan }
    : { near: last, far: first, scan: before?.scan };
}

/** Whether a bound is that of a search from this end which has not found any row yet. */
function isNowhere(bound: Bound | undefined, from: 'start' | 'end'): boolean {
  return bound?.scan?.from === from && bound.place.submitTime === null && bound.place.offset === 0;
}
