import { parseInvocationArn } from '../invocations/invocation-arn.ts';
import type { Invocation } from '../invocations/invocation.ts';
import { fromGlobalId, toGlobalId } from '../relay/global-id.ts';
import { userInputError } from './user-input-error.ts';
import { assertCanRead } from './authorization.ts';
import type { GraphContext } from './context.ts';

/** The only type of this graph with a global id. */
export const ENTITY_TYPE = 'AsyncInvokeSummary';

/** Returns the global id of an invocation. */
export function toInvocationId({ invocationArn }: Invocation): string {
  return toGlobalId({ type: ENTITY_TYPE, key: invocationArn });
}

/**
 * Returns the invocation; null when there is none with this ARN.
 *
 * @throws {ForbiddenError}
 * @throws {UserInputError} `INVALID_ARN` for anything but the ARN of an invocation
 */
export async function loadByArn(
  invocationArn: unknown,
  context: GraphContext,
): Promise<Invocation | null> {
  assertCanRead(context);
  return context.invocations.load(parseArn(invocationArn));
}

/**
 * Returns the ARN if it is the ARN of an invocation.
 *
 * @throws {UserInputError} `INVALID_ARN` for anything else
 */
export function parseArn(invocationArn: unknown): string {
  if (typeof invocationArn === 'string' && parseInvocationArn(invocationArn)) return invocationArn;
  throw userInputError(
    'INVALID_ARN',
    'The ARN must look like `arn:<partition>:bedrock:<region>:<account>:async-invoke/<id>`.',
  );
}

/**
 * Returns the invocation; null when there is none, and for an id of a type that this graph does not
 * have.
 *
 * @throws {ForbiddenError}
 * @throws {UserInputError} `INVALID_ID` for text that is not a global id
 */
export async function loadById(id: unknown, context: GraphContext): Promise<Invocation | null> {
  assertCanRead(context);
  const globalId = typeof id === 'string' ? fromGlobalId(id) : undefined;
  if (globalId && globalId.type !== ENTITY_TYPE) return null;
  if (globalId && parseInvocationArn(globalId.key)) return context.invocations.load(globalId.key);
  throw userInputError('INVALID_ID', 'The `id` is not a global id of this graph.');
}
