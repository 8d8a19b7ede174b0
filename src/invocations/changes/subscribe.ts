import { CoalescingQueue } from '../../concurrency/coalescing-queue.ts';
import { type Invocation, isTerminal } from '../invocation.ts';
import { ownsArn } from '../source.ts';
import type { UpstreamError } from '../upstream-error.ts';
import type { ChangeFeed } from './change-feed.ts';

export interface ChangeFilter {
  readonly caller: string;
  /** The invocations to follow. Undefined: all. */
  readonly arns: ReadonlySet<string> | undefined;
  /** Whether the current state of an invocation is sent to the subscriber. */
  readonly matches: (invocation: Invocation) => boolean;
}

/**
 * Subscribes to all feeds. The queue contains the current state of each invocation, and then its
 * changes. It closes when every named invocation is terminal, or belongs to an account or Region
 * that no feed has. Without names it never closes.
 */
export function subscribeToChanges(
  feeds: readonly ChangeFeed[],
  { caller, arns, matches }: ChangeFilter,
): CoalescingQueue<Invocation> {
  const queue = new CoalescingQueue<Invocation>();
  const pendingArns = arns && new Set<string>();
  const onChange = (invocation: Invocation) => {
    if (matches(invocation)) queue.push(invocation.invocationArn, invocation);
    if (isTerminal(invocation)) pendingArns?.delete(invocation.invocationArn);
    if (pendingArns?.size === 0) queue.close();
  };
  const onError = (error: UpstreamError) => {
    queue.close(error);
  };
  const subscriptions = feeds.flatMap((feed) => {
    const feedArns = arns && new Set([...arns].filter((arn) => ownsArn(feed.source, arn)));
    for (const arn of feedArns ?? []) pendingArns?.add(arn);
    if (feedArns?.size === 0) return [];
    return [{ feed, listener: { caller, arns: feedArns, onChange, onError } }];
  });
  if (pendingArns?.size === 0) queue.close();
  for (const { feed, listener } of subscriptions) queue.onClose(feed.subscribe(listener));
  return queue;
}
