import pLimit from 'p-limit';
import { UpstreamError } from './upstream-error.ts';
import type { Invocation } from './invocation.ts';
import { withTimeShare } from './time-share.ts';
import type { CallContext, InvocationSource } from './source.ts';

const CONCURRENT_GETS = 8;
const MIN_ARNS_FOR_LIST = 10;
const LIST_ROWS_PER_ARN = 10;
const MAX_ROWS = 1000;
/** Of the request's time, how much a list may take that only spares calls. */
const LIST_TIME_SHARE = 1 / 4;

/** Invocations that need not be read again, by ARN. */
export type InvocationCache = Map<string, Invocation>;

/**
 * Reads invocations of one source by their ARNs, which must be distinct, and adds what a list shows on the way to `known`.
 * The result is in the order asked for; a failed read is an error in its place.
 *
 * The upstream has no batch read. What is known costs nothing; each of the rest costs one get, at most 8 at a time. But
 * from 10 on, the newest of the source are listed first, 10 rows for each ARN asked for and 1000 at the most, and only
 * what that did not hold is got. So n invocations cost one call if they are among the newest 10 n, and n + 1 calls if
 * none is. In vain the list adds a tenth of the calls at most and about a fifth of the gateway's own work
 * (`npm run bench:entities`: 0.15 to 0.26). When the list fails, or takes a quarter of the time, the gets decide.
 *
 * An upstream that throttles or is out of reach is not asked for the rest: they fail like the get that found out.
 */
export async function getMany(
  source: InvocationSource,
  invocationArns: readonly string[],
  known: InvocationCache,
  call: CallContext,
): Promise<(Invocation | null | Error)[]> {
  for (const invocationArn of invocationArns) {
    const kept = known.has(invocationArn) ? undefined : source.getCached?.(invocationArn, call);
    if (kept) known.set(invocationArn, kept);
  }
  const unknown = invocationArns.filter((invocationArn) => !known.has(invocationArn));
  if (unknown.length >= MIN_ARNS_FOR_LIST) {
    const maxResults = Math.min(unknown.length * LIST_ROWS_PER_ARN, MAX_ROWS);
    addToCache(await listNewest(source, maxResults, call), known);
  }
  const limit = pLimit(CONCURRENT_GETS);
  let outage: UpstreamError | undefined;
  const read = async (invocationArn: string): Promise<Invocation | null> => {
    const invocation = known.get(invocationArn);
    if (invocation) return invocation;
    if (outage) throw outage;
    try {
      return await source.get(invocationArn, call);
    } catch (error) {
      if (stopsBatch(error)) outage ??= error;
      throw error;
    }
  };
  return Promise.all(
    invocationArns.map((invocationArn) => limit(read, invocationArn).catch(toError)),
  );
}

/** Rows of a list say what a get would, except those that came without their status. */
export function addToCache(rows: readonly (Invocation | null)[], known: InvocationCache): void {
  for (const row of rows) {
    if (row && row.status !== null) known.set(row.invocationArn, row);
  }
}

async function listNewest(
  source: InvocationSource,
  maxResults: number,
  call: CallContext,
): Promise<readonly (Invocation | null)[]> {
  const { call: patience, release } = withTimeShare(call, LIST_TIME_SHARE);
  try {
    const { rows } = await source.list({ direction: 'DESC', maxResults }, patience);
    return rows;
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    call.onRecoveredError(error);
    return [];
  } finally {
    release();
  }
}

/** That tells of other reads as well. */
export function stopsBatch(error: unknown): error is UpstreamError {
  return (
    error instanceof UpstreamError && (error.kind === 'throttled' || error.kind === 'unavailable')
  );
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error('rejected without an error', { cause: error });
}
