import pLimit from 'p-limit';
import type { Invocation } from './invocation.ts';
import type { CallContext, InvocationSource } from './source.ts';
import { withTimeShare } from './time-share.ts';
import { UPSTREAM_ERROR_PROPERTIES, UpstreamError } from './upstream-error.ts';

const CONCURRENT_GETS = 8;
const MIN_ARNS_FOR_LIST = 10;
const LIST_ROWS_PER_ARN = 10;
const MAX_ROWS = 1000;
/** The share of the request's time that the list may take, because it only saves calls. */
const LIST_TIME_SHARE = 1 / 4;

/** Invocations that need not be read again, by ARN. */
export type InvocationCache = Map<string, Invocation>;

/**
 * Reads invocations of one source by their ARNs, which must be distinct, and adds the rows that it
 * lists to `cache`. Results are in the order of the ARNs. A failed read is an error in its place.
 *
 * The upstream has no batch read. Cached invocations cost nothing, and each of the others costs one
 * get, at most 8 at a time. From 10 ARNs on, the newest invocations of the source are listed first
 * (10 rows for each ARN, at most 1000), and only those that the list did not contain are read by a
 * get. So n invocations cost one call when they are among the newest 10 n, and n + 1 calls when
 * none of them is. A list without a match adds at most a tenth of the calls and about a fifth of
 * the gateway's CPU time (`npm run bench:entities`: 0.15 to 0.26). When the list fails, or takes a
 * quarter of the time, all of them are read by a get.
 *
 * After a get is throttled or the upstream is unavailable, the remaining gets are not made. They
 * fail with the same error.
 */
export async function getMany(
  source: InvocationSource,
  invocationArns: readonly string[],
  cache: InvocationCache,
  call: CallContext,
): Promise<(Invocation | null | Error)[]> {
  for (const invocationArn of invocationArns) {
    const cached = cache.has(invocationArn) ? undefined : source.getCached?.(invocationArn, call);
    if (cached) cache.set(invocationArn, cached);
  }
  const missing = invocationArns.filter((invocationArn) => !cache.has(invocationArn));
  if (missing.length >= MIN_ARNS_FOR_LIST) {
    const maxResults = Math.min(missing.length * LIST_ROWS_PER_ARN, MAX_ROWS);
    addToCache(await listNewest(source, maxResults, call), cache);
  }
  const limit = pLimit(CONCURRENT_GETS);
  let batchError: UpstreamError | undefined;
  const read = async (invocationArn: string): Promise<Invocation | null> => {
    const invocation = cache.get(invocationArn);
    if (invocation) return invocation;
    if (batchError) throw batchError;
    try {
      return await source.get(invocationArn, call);
    } catch (error) {
      if (stopsBatch(error)) batchError ??= error;
      throw error;
    }
  };
  return Promise.all(
    invocationArns.map((invocationArn) => limit(read, invocationArn).catch(toError)),
  );
}

/** Adds listed rows, except those without a status: a get would return more for them. */
export function addToCache(rows: readonly (Invocation | null)[], cache: InvocationCache): void {
  for (const row of rows) {
    if (row && row.status !== null) cache.set(row.invocationArn, row);
  }
}

async function listNewest(
  source: InvocationSource,
  maxResults: number,
  call: CallContext,
): Promise<readonly (Invocation | null)[]> {
  const { call: listCall, release } = withTimeShare(call, LIST_TIME_SHARE);
  try {
    const { rows } = await source.list({ direction: 'DESC', maxResults }, listCall);
    return rows;
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    call.onRecoveredError(error);
    return [];
  } finally {
    release();
  }
}

export function stopsBatch(error: unknown): error is UpstreamError {
  return error instanceof UpstreamError && UPSTREAM_ERROR_PROPERTIES[error.kind].stopsBatch;
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error('rejected without an error', { cause: error });
}
