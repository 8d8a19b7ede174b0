import type { QueryResolvers } from './__generated__/types.ts';
import { requireRead } from './access.ts';
import { ownTurn } from '../invocations/own-turn.ts';
import { readAsyncInvokes } from './async-invoke-connection.ts';
import { loadByArn } from './identity.ts';

/** What is longer takes milliseconds to write. */
const LONG_PAGE = 200;

export const Query: Pick<QueryResolvers, 'asyncInvokes' | 'asyncInvoke'> = {
  asyncInvokes: async (_root, args, context) => {
    requireRead(context);
    const { sources, invocations, isSpent, call } = context;
    const connection = await readAsyncInvokes(sources, args, isSpent, call);
    invocations.remember(connection.edges.map(({ node }) => node));
    if (connection.edges.length > LONG_PAGE) await ownTurn();
    return connection;
  },

  asyncInvoke: (_root, { invocationArn }, context) => loadByArn(invocationArn, context),
};
