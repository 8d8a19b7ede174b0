import { parseInvocationArn } from '../invocations/invocation-arn.ts';
import type { Invocation } from '../invocations/invocation.ts';
import { fromGlobalId, toGlobalId } from '../relay/global-id.ts';
import { userInputError } from './user-input-error.ts';
import { assertCanRead } from './authorization.ts';
import type { GraphContext } from './context.ts';

/** The one type of this graph that has an identity. */
export const ENTITY_TYPE = 'AsyncInvokeSummary';

export function toInvocationId({ invocationArn }: Invocation): string {
  return toGlobalId({ type: ENTITY_TYPE, key: invocationArn });
}

/**
 * @throws {AccessDenied}
 * @throws {UserInputError} `INVALID_ARN` for anything but the ARN of an invocation.
 */
export async function loadByArn(
  invocationArn: unknown,
  context: GraphContext,
): Promise<Invocation | null> {
  assertCanRead(context);
  return context.invocations.load(parseArn(invocationArn));
}

/** @throws {UserInputError} `INVALID_ARN` for anything but the ARN of an invocation. */
export function parseArn(invocationArn: unknown): string {
  if (typeof invocationArn === 'string' && parseInvocationArn(invocationArn)) return invocationArn;
  throw userInputError(
    'INVALID_ARN',
    'The ARN of an invocation is `arn:<partition>:bedrock:<region>:<account>:async-invoke/<id>`.',
  );
}

/**
 * Null for an identifier of a type that this graph does not have, as for an invocation that does not exist.
 *
 * @throws {AccessDenied}
 * @throws {UserInputError} `INVALID_ID` for what cannot be an identifier of this graph.
 */
export async function loadById(id: unknown, context: GraphContext): Promise<Invocation | null> {
  assertCanRead(context);
  const globalId = typeof id === 'string' ? fromGlobalId(id) : undefined;
  if (globalId && globalId.type !== ENTITY_TYPE) return null;
  if (globalId && parseInvocationArn(globalId.key)) return context.invocations.load(globalId.key);
  throw userInputError('INVALID_ID', 'The `id` is not one that this graph gave out.');
}
