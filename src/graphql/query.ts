import type { QueryResolvers } from './__generated__/types.ts';
import { assertCanRead } from './authorization.ts';
import { yieldToEventLoop } from '../concurrency/yield-to-event-loop.ts';
import { resolveConnection } from './async-invoke-connection.ts';
import { loadByArn } from './load-invocation.ts';

/** Writing a longer page keeps the CPU busy for milliseconds. */
const YIELD_ABOVE_ROWS = 200;

export const Query: Pick<QueryResolvers, 'asyncInvokes' | 'asyncInvoke'> = {
  asyncInvokes: async (_root, args, context) => {
    assertCanRead(context);
    const { sources, invocations, isExhausted, callContext } = context;
    const connection = await resolveConnection(sources, args, isExhausted, callContext);
    invocations.addRows(connection.edges.map(({ node }) => node));
    if (connection.edges.length > YIELD_ABOVE_ROWS) await yieldToEventLoop();
    return connection;
  },

  asyncInvoke: (_root, { invocationArn }, context) => loadByArn(invocationArn, context),
};
