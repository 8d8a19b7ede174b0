import type { GraphContext, StartCapability } from './context.ts';

/** The caller may not do what a field does. The message is for the caller. */
export class ForbiddenError extends Error {
  override readonly name = 'AccessDenied';
}

/** @throws {ForbiddenError} */
export function assertCanRead({ canRead }: Pick<GraphContext, 'canRead'>): void {
  if (!canRead) throw new ForbiddenError('You may not see invocations.');
}

/** @throws {ForbiddenError} */
export function assertCanStart({ start }: GraphContext): StartCapability {
  if (!start) throw new ForbiddenError('You may not start invocations.');
  return start;
}
