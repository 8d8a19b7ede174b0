import { parseInvocationArn } from '../invocations/invocation-arn.ts';
import type { Invocation } from '../invocations/invocation.ts';
import { decodeGlobalId, encodeGlobalId } from '../relay/global-id.ts';
import { InvalidArgument } from '../relay/invalid-argument.ts';
import { requireRead } from './access.ts';
import type { GraphContext } from './context.ts';

/** The one type of this graph that has an identity. */
export const ENTITY = 'AsyncInvokeSummary';

export function globalIdOf({ invocationArn }: Invocation): string {
  return encodeGlobalId({ type: ENTITY, key: invocationArn });
}

/**
 * @throws {AccessDenied}
 * @throws {InvalidArgument} `INVALID_ARN` for anything but the ARN of an invocation.
 */
export async function loadByArn(
  invocationArn: unknown,
  context: GraphContext,
): Promise<Invocation | null> {
  requireRead(context);
  return context.invocations.load(checkArn(invocationArn));
}

/** @throws {InvalidArgument} `INVALID_ARN` for anything but the ARN of an invocation. */
export function checkArn(invocationArn: unknown): string {
  if (typeof invocationArn === 'string' && parseInvocationArn(invocationArn)) return invocationArn;
  throw new InvalidArgument(
    'INVALID_ARN',
    'The ARN of an invocation is `arn:<partition>:bedrock:<region>:<account>:async-invoke/<id>`.',
  );
}

/**
 * Null for an identifier of a type that this graph does not have, as for an invocation that does not exist.
 *
 * @throws {AccessDenied}
 * @throws {InvalidArgument} `INVALID_ID` for what cannot be an identifier of this graph.
 */
export async function loadById(id: unknown, context: GraphContext): Promise<Invocation | null> {
  requireRead(context);
  const globalId = typeof id === 'string' ? decodeGlobalId(id) : undefined;
  if (globalId && globalId.type !== ENTITY) return null;
  if (globalId && parseInvocationArn(globalId.key)) return context.invocations.load(globalId.key);
  throw new InvalidArgument('INVALID_ID', 'The `id` is not one that this graph gave out.');
}
