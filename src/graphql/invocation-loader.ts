import DataLoader from 'dataloader';
import { parseInvocationArn } from '../invocations/invocation-arn.ts';
import type { Invocation } from '../invocations/invocation.ts';
import type { Call, InvocationSource } from '../invocations/source.ts';

export type InvocationLoader = DataLoader<string, Invocation | null>;

/**
 * Loads invocations by ARN for one request.
 *
 * The upstream has no batch read: a batch costs one `GetAsyncInvoke` for each distinct ARN. An ARN of an account or
 * Region that no source serves costs nothing and is null, exactly like one that does not exist.
 */
export function createInvocationLoader(
  sources: readonly InvocationSource[],
  call: Call,
): InvocationLoader {
  return new DataLoader((arns) =>
    Promise.all(arns.map((arn) => load(arn, sources, call).catch(toError))),
  );
}

async function load(
  invocationArn: string,
  sources: readonly InvocationSource[],
  call: Call,
): Promise<Invocation | null> {
  const source = sources.find((candidate) => serves(candidate, invocationArn));
  return source ? source.get(invocationArn, call) : null;
}

/** A source whose account is not known is asked: only the upstream can tell. */
function serves({ region, accountId }: InvocationSource, invocationArn: string): boolean {
  const arn = parseInvocationArn(invocationArn);
  if (arn?.region !== region) return false;
  return accountId === undefined || arn.accountId === accountId;
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error('rejected without an error', { cause: error });
}
