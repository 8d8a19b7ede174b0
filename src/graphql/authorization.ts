import type { GraphContext, StartCapability } from './context.ts';

/** The caller lacks a scope that a field needs. The message is for the caller. */
export class ForbiddenError extends Error {
  override readonly name = 'ForbiddenError';
}

/** @throws {ForbiddenError} */
export function assertCanRead({ canRead }: Pick<GraphContext, 'canRead'>): void {
  if (!canRead) throw new ForbiddenError('Missing scope `async-invokes:read`.');
}

/** @throws {ForbiddenError} */
export function assertCanStart({ start }: GraphContext): StartCapability {
  if (!start) throw new ForbiddenError('Missing scope `async-invokes:start`.');
  return start;
}
