import { follow } from '../invocations/follow.ts';
import type { Invocation } from '../invocations/invocation.ts';
import type { SubscriptionResolvers } from './__generated__/types.ts';
import { requireRead } from './access.ts';
import type { SubscriptionContext } from './context.ts';
import { matches, parseFilter } from './filter.ts';
import { checkArn } from './identity.ts';

export const Subscription: SubscriptionResolvers<SubscriptionContext> = {
  asyncInvokeChanged: {
    subscribe: (_root, { invocationArns, filter }, context) => {
      requireRead(context);
      const conditions = parseFilter(filter);
      const names = invocationArns && new Set(invocationArns.map(checkArn));
      return follow(context.feeds, {
        names: names ?? undefined,
        accepts: (job) => matches(conditions, job),
      });
    },
    resolve: (job: Invocation) => job,
  },
};
