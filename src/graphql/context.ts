import type { ChangeFeed } from '../invocations/changes/change-feed.ts';
import type { CallBudget } from '../invocations/paging/read-page.ts';
import type { CallContext, InvocationSource } from '../invocations/source.ts';
import type { InvocationStarter } from '../invocations/starter.ts';
import type { InvocationLoader } from './invocation-loader.ts';
import type { StartAllowList } from './start/allow-list.ts';

/** What the resolvers of one request share. */
export interface GraphContext {
  readonly sources: readonly InvocationSource[];
  readonly invocations: InvocationLoader;
  /** How many upstream calls one connection may take. */
  readonly isExhausted: CallBudget;
  readonly callContext: CallContext;
  /** Whether the caller may see invocations. */
  readonly canRead: boolean;
  /** Undefined where the caller may not start invocations. */
  readonly start?: StartCapability | undefined;
}

export interface StartCapability {
  readonly starter: InvocationStarter;
  readonly allowList: StartAllowList;
  /** Whose tokens are one another's. */
  readonly idempotencyScope: string;
}

/** What the resolver of a subscription is given. */
export interface SubscriptionContext extends Pick<GraphContext, 'canRead'> {
  /** One for each source. */
  readonly feeds: readonly ChangeFeed[];
}
