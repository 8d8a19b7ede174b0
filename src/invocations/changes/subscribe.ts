import type { ChangeFeed } from './change-feed.ts';
import type { UpstreamError } from '../upstream-error.ts';
import { type Invocation, isTerminal } from '../invocation.ts';
import { CoalescingQueue } from '../../concurrency/coalescing-queue.ts';
import { ownsArn } from '../source.ts';

export interface ChangeFilter {
  /** The jobs to follow, by ARN; undefined: all there are. */
  readonly arns: ReadonlySet<string> | undefined;
  /** Whether a job is of interest as it is now. */
  readonly matches: (job: Invocation) => boolean;
}

/**
 * Follows jobs over all feeds: where they stand, and then their changes. Ends when every job that was named is over, or is of
 * an account or Region that no feed has; without names, never.
 */
export function subscribeToChanges(
  feeds: readonly ChangeFeed[],
  { arns, matches }: ChangeFilter,
): CoalescingQueue<Invocation> {
  const queue = new CoalescingQueue<Invocation>();
  const pending = arns && new Set<string>();
  const onChange = (job: Invocation) => {
    if (matches(job)) queue.push(job.invocationArn, job);
    if (isTerminal(job)) pending?.delete(job.invocationArn);
    if (pending?.size === 0) queue.close();
  };
  const onError = (fault: UpstreamError) => {
    queue.close(fault);
  };
  const listeners = feeds.flatMap((feed) => {
    const own = arns && new Set([...arns].filter((name) => ownsArn(feed.source, name)));
    for (const name of own ?? []) pending?.add(name);
    return own?.size === 0 ? [] : [{ feed, listener: { arns: own, onChange, onError } }];
  });
  if (pending?.size === 0) queue.close();
  for (const { feed, listener } of listeners) queue.onClose(feed.subscribe(listener));
  return queue;
}
