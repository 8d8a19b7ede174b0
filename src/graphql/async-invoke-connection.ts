import type { Invocation } from '../invocations/invocation.ts';
import type { CallContext, Direction, InvocationSource } from '../invocations/source.ts';
import { type CallBudget, readPage } from '../invocations/paging/read-page.ts';
import {
  type ConnectionArguments,
  parseConnectionArguments,
} from '../relay/connection-arguments.ts';
import { type Connection, type Edge, toConnection } from '../relay/connection.ts';
import { encodeCursor, fingerprintOf } from '../relay/cursor.ts';
import type { AsyncInvokeFilter, AsyncInvokeOrder } from './__generated__/types.ts';
import { type Filter, parseFilter } from './filter.ts';

export interface AsyncInvokesArguments extends ConnectionArguments {
  readonly filter?: AsyncInvokeFilter | null | undefined;
  readonly orderBy?: AsyncInvokeOrder | null | undefined;
}

/**
 * Reads one page of the connection over all sources.
 *
 * @throws {UserInputError} for bad arguments, before any upstream call.
 * @throws {UpstreamError} when a source could not be read.
 */
export async function resolveConnection(
  sources: readonly InvocationSource[],
  args: AsyncInvokesArguments,
  isExhausted: CallBudget,
  call: CallContext,
): Promise<Connection<Invocation>> {
  const { statusEquals, window } = parseFilter(args.filter);
  const direction: Direction = args.orderBy?.direction ?? 'DESC';
  const fingerprint = connectionFingerprint({ statusEquals, window }, args.orderBy);
  const request = parseConnectionArguments(args, fingerprint);
  const page = await readPage(
    sources,
    { ...request, direction, statusEquals, window },
    isExhausted,
    call,
  );
  return toConnection(page, request, fingerprint);
}

/** Returns the edge in the list without filter and order; null when the submit time is unknown. */
export function edgeInDefaultList(invocation: Invocation): Edge<Invocation> | null {
  const { submitTime, invocationArn } = invocation;
  if (submitTime === null) return null;
  const fingerprint = connectionFingerprint(parseFilter(null));
  const position = { submitTime, invocationArn, offset: 0 };
  return { cursor: encodeCursor({ fingerprint, position }), node: invocation };
}

function connectionFingerprint({ statusEquals, window }: Filter, order?: AsyncInvokeOrder | null) {
  return fingerprintOf([
    statusEquals ?? null,
    window.after ?? null,
    window.before ?? null,
    order?.field ?? 'SUBMISSION_TIME',
    order?.direction ?? 'DESC',
  ]);
}
