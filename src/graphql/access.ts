import type { GraphContext } from './context.ts';

/** The caller may not do what a field does. The message is for the caller. */
export class AccessDenied extends Error {
  override readonly name = 'AccessDenied';
}

/** @throws {AccessDenied} */
export function requireRead({ mayRead }: Pick<GraphContext, 'mayRead'>): void {
  if (!mayRead) throw new AccessDenied('You may not see invocations.');
}
