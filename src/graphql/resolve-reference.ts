import type { Invocation } from '../invocations/invocation.ts';
import { userInputError } from './user-input-error.ts';
import type { GraphContext } from './context.ts';
import { loadByArn, loadById } from './load-invocation.ts';

/**
 * Loads the invocation that a router refers to by one of the entity's keys. A bad reference is an
 * error of that reference only.
 *
 * @throws {UserInputError} `INVALID_ARN`, `INVALID_ID`, or `INVALID_REPRESENTATION` when it has no
 * key
 * @throws {UpstreamError}
 */
export async function resolveReference(
  reference: object,
  context: GraphContext,
): Promise<Invocation | null> {
  if ('invocationArn' in reference) return loadByArn(reference.invocationArn, context);
  if ('id' in reference) return loadById(reference.id, context);
  throw userInputError(
    'INVALID_REPRESENTATION',
    'A representation must hold `invocationArn` or `id`.',
  );
}
