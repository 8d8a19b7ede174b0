import { subscribeToChanges } from '../invocations/changes/subscribe.ts';
import type { Invocation } from '../invocations/invocation.ts';
import type { SubscriptionResolvers } from './__generated__/types.ts';
import { assertCanRead } from './authorization.ts';
import type { SubscriptionContext } from './context.ts';
import { matches, parseFilter } from './filter.ts';
import { parseArn } from './load-invocation.ts';

export const Subscription: SubscriptionResolvers<SubscriptionContext> = {
  asyncInvokeChanged: {
    subscribe: (_root, { invocationArns, filter }, context) => {
      assertCanRead(context);
      const conditions = parseFilter(filter);
      const arns = invocationArns && new Set(invocationArns.map(parseArn));
      return subscribeToChanges(context.feeds, {
        caller: context.caller,
        arns: arns ?? undefined,
        matches: (invocation) => matches(conditions, invocation),
      });
    },
    resolve: (invocation: Invocation) => invocation,
  },
};
