import type { ChangeFeed } from '../invocations/change-feed.ts';
import type { Budget } from '../invocations/walk.ts';
import type { Call, InvocationSource } from '../invocations/source.ts';
import type { InvocationLoader } from './invocation-loader.ts';

/** What the resolvers of one request share. */
export interface GraphContext {
  readonly sources: readonly InvocationSource[];
  readonly invocations: InvocationLoader;
  /** How many upstream calls one connection may take. */
  readonly isSpent: Budget;
  readonly call: Call;
  /** Whether the caller may see invocations. */
  readonly mayRead: boolean;
}

/** What the resolver of a subscription is given. */
export interface SubscriptionContext extends Pick<GraphContext, 'mayRead'> {
  /** One for each source. */
  readonly feeds: readonly ChangeFeed[];
}
