import type { ChangeFeed } from '../invocations/change-feed.ts';
import type { Budget } from '../invocations/walk.ts';
import type { Call, InvocationSource } from '../invocations/source.ts';
import type { InvocationStarter } from '../invocations/starter.ts';
import type { InvocationLoader } from './invocation-loader.ts';
import type { StartPolicy } from './start-policy.ts';

/** What the resolvers of one request share. */
export interface GraphContext {
  readonly sources: readonly InvocationSource[];
  readonly invocations: InvocationLoader;
  /** How many upstream calls one connection may take. */
  readonly isSpent: Budget;
  readonly call: Call;
  /** Whether the caller may see invocations. */
  readonly mayRead: boolean;
  /** Undefined where the caller may not start invocations. */
  readonly starting?: Starting | undefined;
}

export interface Starting {
  readonly starter: InvocationStarter;
  readonly policy: StartPolicy;
  /** Whose tokens are one another's. */
  readonly namespace: string;
}

/** What the resolver of a subscription is given. */
export interface SubscriptionContext extends Pick<GraphContext, 'mayRead'> {
  /** One for each source. */
  readonly feeds: readonly ChangeFeed[];
}
