import type { QueryResolvers } from './__generated__/types.ts';
import { assertCanRead } from './authorization.ts';
import { yieldToEventLoop } from '../concurrency/yield-to-event-loop.ts';
import { resolveConnection } from './async-invoke-connection.ts';
import { loadByArn } from './load-invocation.ts';

/** What is longer takes milliseconds to write. */
const LONG_PAGE = 200;

export const Query: Pick<QueryResolvers, 'asyncInvokes' | 'asyncInvoke'> = {
  asyncInvokes: async (_root, args, context) => {
    assertCanRead(context);
    const { sources, invocations, isExhausted, callContext } = context;
    const connection = await resolveConnection(sources, args, isExhausted, callContext);
    invocations.remember(connection.edges.map(({ node }) => node));
    if (connection.edges.length > LONG_PAGE) await yieldToEventLoop();
    return connection;
  },

  asyncInvoke: (_root, { invocationArn }, context) => loadByArn(invocationArn, context),
};
