import type { QueryResolvers } from './__generated__/types.ts';
import { readAsyncInvokes } from './async-invoke-connection.ts';
import { loadByArn } from './identity.ts';

export const Query: Pick<QueryResolvers, 'asyncInvokes' | 'asyncInvoke'> = {
  asyncInvokes: async (_root, args, { sources, invocations, isSpent, call }) => {
    const connection = await readAsyncInvokes(sources, args, isSpent, call);
    invocations.remember(connection.edges.map(({ node }) => node));
    return connection;
  },

  asyncInvoke: (_root, { invocationArn }, { invocations }) => loadByArn(invocationArn, invocations),
};
