import type { CallContext, InvocationSource } from '../source.ts';
import type { PageBound, PageRequest, PageResult } from './page-request.ts';
import { type Bounds, PageReader } from './page-reader.ts';
import { comparePositions } from './position.ts';

/** Returns true when reading a page must end after this number of upstream calls. */
export type CallBudget = (calls: number) => boolean;

/**
 * Reads one page from the merged sources, and at most one row more than the page needs.
 *
 * A page of up to 999 rows costs one upstream call per source, unless the upstream's pages are
 * short, many rows share the last submit time of the page, or more than a handful were submitted
 * within two seconds of the cursor. When the call budget is exhausted first, the page is short and
 * its `searchState` says where to continue. Every page makes progress.
 *
 * @throws {UpstreamError}
 */
export async function readPage(
  sources: readonly InvocationSource[],
  request: PageRequest,
  isExhausted: CallBudget,
  call: CallContext,
): Promise<PageResult> {
  const bounds = toBounds(request);
  if (!bounds) return { rows: [], hasMore: false };
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
        sourcesToRead.map((source) => source.readNextPage(reader.rowsNeeded, call)),
      );
    }
  }
  return reader.page();
}

/** Returns undefined when no row can lie between the bounds. */
function toBounds({ direction, from, after, before }: PageRequest): Bounds | undefined {
  if (isUnpositioned(after, 'end') || isUnpositioned(before, 'start')) return undefined;
  const first = after?.position;
  const last = isUnpositioned(before, 'end') ? undefined : before?.position;
  if (first && last && comparePositions(first, last, direction) >= 0) return undefined;
  return from === 'start'
    ? { start: first, end: last, searchState: after?.searchState }
    : { start: last, end: first, searchState: before?.searchState };
}

/** Whether the bound comes from a search from this end that has not found any row yet. */
function isUnpositioned(bound: PageBound | undefined, from: 'start' | 'end'): boolean {
  if (bound?.searchState?.from !== from) return false;
  return bound.position.submitTime === null && bound.position.offset === 0;
}
