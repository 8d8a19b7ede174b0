import type { ChangeFeed } from '../invocations/changes/change-feed.ts';
import type { CallBudget } from '../invocations/paging/read-page.ts';
import type { CallContext, InvocationSource } from '../invocations/source.ts';
import type { InvocationStarter } from '../invocations/starter.ts';
import type { InvocationLoader } from './invocation-loader.ts';
import type { StartAllowList } from './start/allow-list.ts';

/** Shared by the resolvers of one request. */
export interface GraphContext {
  readonly sources: readonly InvocationSource[];
  readonly invocations: InvocationLoader;
  /** Returns true once a connection has used its upstream calls or its time. */
  readonly isExhausted: CallBudget;
  readonly callContext: CallContext;
  /** Whether the caller has the scope `async-invokes:read`. */
  readonly canRead: boolean;
  /** Undefined when the gateway or the caller may not start invocations. */
  readonly start?: StartCapability | undefined;
}

export interface StartCapability {
  readonly starter: InvocationStarter;
  readonly allowList: StartAllowList;
  /** Scope within which `clientRequestToken` values are shared. */
  readonly idempotencyScope: string;
  /**
   * Counts a start with this token.
   *
   * @throws {UpstreamError} when the caller or all callers have started too many.
   */
  readonly countStart: (clientRequestToken: string) => void;
}

/** Context of a subscription's resolver. */
export interface SubscriptionContext extends Pick<GraphContext, 'canRead'> {
  /** One feed for each source. */
  readonly feeds: readonly ChangeFeed[];
  /** Identifies the subscriber for fairness. */
  readonly caller: string;
}
