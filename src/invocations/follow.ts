import type { ChangeFeed } from './change-feed.ts';
import type { Fault } from './fault.ts';
import { type Invocation, isOver } from './invocation.ts';
import { Mailbox } from './mailbox.ts';
import { serves } from './source.ts';

export interface Interest {
  /** The jobs to follow, by ARN; undefined: all there are. */
  readonly names: ReadonlySet<string> | undefined;
  /** Whether a job is of interest as it is now. */
  readonly accepts: (job: Invocation) => boolean;
}

/**
 * Follows jobs over all feeds: where they stand, and then their changes. Ends when every job that was named is over, or is of
 * an account or Region that no feed has; without names, never.
 */
export function follow(
  feeds: readonly ChangeFeed[],
  { names, accepts }: Interest,
): Mailbox<Invocation> {
  const mailbox = new Mailbox<Invocation>();
  const pending = names && new Set<string>();
  const put = (job: Invocation) => {
    if (accepts(job)) mailbox.put(job.invocationArn, job);
    if (isOver(job)) pending?.delete(job.invocationArn);
    if (pending?.size === 0) mailbox.end();
  };
  const fail = (fault: Fault) => {
    mailbox.end(fault);
  };
  const listeners = feeds.flatMap((feed) => {
    const own = names && new Set([...names].filter((name) => serves(feed.source, name)));
    for (const name of own ?? []) pending?.add(name);
    return own?.size === 0 ? [] : [{ feed, listener: { names: own, put, fail } }];
  });
  if (pending?.size === 0) mailbox.end();
  for (const { feed, listener } of listeners) mailbox.onEnd(feed.listen(listener));
  return mailbox;
}
