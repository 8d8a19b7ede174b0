import type { NodeResolvers, QueryResolvers } from './__generated__/types.ts';
import { ENTITY_TYPE, loadById } from './load-invocation.ts';

export const Node: NodeResolvers = { __resolveType: () => ENTITY_TYPE };

/** Relay's object identification. Only the standalone graph has these root fields. */
export const NodeQuery: Pick<QueryResolvers, 'node' | 'nodes'> = {
  node: (_root, { id }, context) => loadById(id, context),

  nodes: (_root, { ids }, context) => ids.map((id) => loadById(id, context)),
};
