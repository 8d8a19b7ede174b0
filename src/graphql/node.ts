import { InvalidArgument } from '../relay/invalid-argument.ts';
import type { NodeResolvers, QueryResolvers } from './__generated__/types.ts';
import { ENTITY, loadById } from './identity.ts';

const MAX_IDS = 100;

export const Node: NodeResolvers = { __resolveType: () => ENTITY };

/** Relay's object identification; only the standalone graph has these root fields. */
export const NodeQuery: Pick<QueryResolvers, 'node' | 'nodes'> = {
  node: (_root, { id }, context) => loadById(id, context),

  nodes: (_root, { ids }, context) => {
    if (ids.length > MAX_IDS) {
      throw new InvalidArgument('TOO_MANY_IDS', `Give at most ${MAX_IDS} \`ids\`.`);
    }
    return ids.map((id) => loadById(id, context));
  },
};
