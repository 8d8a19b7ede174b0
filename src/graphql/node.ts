import { parseInvocationArn } from '../invocations/invocation-arn.ts';
import type { Invocation } from '../invocations/invocation.ts';
import { decodeGlobalId, encodeGlobalId } from '../relay/global-id.ts';
import { InvalidArgument } from '../relay/invalid-argument.ts';
import type { NodeResolvers, QueryResolvers } from './__generated__/types.ts';
import type { InvocationLoader } from './invocation-loader.ts';

const TYPE = 'AsyncInvokeSummary';
const MAX_IDS = 100;

export const Node: NodeResolvers = { __resolveType: () => TYPE };

/** Relay's object identification; only the standalone graph has these root fields. */
export const NodeQuery: Pick<QueryResolvers, 'node' | 'nodes'> = {
  node: (_root, { id }, { invocations }) => loadNode(id, invocations),

  nodes: (_root, { ids }, { invocations }) => {
    if (ids.length > MAX_IDS) {
      throw new InvalidArgument('TOO_MANY_IDS', `Give at most ${MAX_IDS} \`ids\`.`);
    }
    return ids.map((id) => loadNode(id, invocations));
  },
};

export function globalIdOf({ invocationArn }: Invocation): string {
  return encodeGlobalId({ type: TYPE, key: invocationArn });
}

/** Null for an identifier of a type that this graph does not have, and for an invocation that does not exist. */
async function loadNode(id: string, invocations: InvocationLoader): Promise<Invocation | null> {
  const globalId = decodeGlobalId(id);
  if (!globalId) throw invalidId();
  if (globalId.type !== TYPE) return null;
  if (!parseInvocationArn(globalId.key)) throw invalidId();
  return invocations.load(globalId.key);
}

function invalidId(): InvalidArgument {
  return new InvalidArgument('INVALID_ID', 'The `id` is not one that this graph gave out.');
}
