import type { CallContext } from '../../invocations/source.ts';
import type { Caller } from '../auth/caller.ts';
import { graphqlRefusal } from '../documents/refusal.ts';
import type { ConcurrentCost } from './concurrent-cost.ts';

const RETRY_AFTER_MS = 1000;

/**
 * Waits until the caller's running operations leave enough of its share. Returns a function that
 * must be called when the operation has ended.
 *
 * @throws {GraphQLError} `RATE_LIMITED` if that takes until the deadline.
 */
export async function waitForCost(
  concurrentCost: ConcurrentCost,
  { identity, representsMany }: Caller,
  cost: number,
  { signal }: CallContext,
): Promise<() => void> {
  if (representsMany) return () => undefined;
  try {
    return await concurrentCost.acquire(identity, cost, signal);
  } catch {
    const limit = 'MAX_CONCURRENT_COST_PER_CALLER';
    const message = `Your other operations took all of the time (\`${limit}\`). Retry later.`;
    const extensions = { code: 'RATE_LIMITED', retryable: true, retryAfterMs: RETRY_AFTER_MS };
    throw graphqlRefusal(429, message, { ...extensions, limit });
  }
}
