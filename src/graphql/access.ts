import type { GraphContext, Starting } from './context.ts';

/** The caller may not do what a field does. The message is for the caller. */
export class AccessDenied extends Error {
  override readonly name = 'AccessDenied';
}

/** @throws {AccessDenied} */
export function requireRead({ mayRead }: Pick<GraphContext, 'mayRead'>): void {
  if (!mayRead) throw new AccessDenied('You may not see invocations.');
}

/** @throws {AccessDenied} */
export function requireStart({ starting }: GraphContext): Starting {
  if (!starting) throw new AccessDenied('You may not start invocations.');
  return starting;
}
