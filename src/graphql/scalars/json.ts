import { GraphQLError, GraphQLScalarType, type ValueNode } from 'graphql';
import { JSONResolver } from 'graphql-scalars';
import { isJsonWithinLimits, MAX_DEPTH, MAX_BYTES } from './json-limits.ts';

/**
 * `JSON` of graphql-scalars, with limits, and without keys that endanger the programs it is sent
 * to.
 */
export const JSON = new GraphQLScalarType<unknown>({
  ...JSONResolver.toConfig(),
  parseValue: (value) => checked(value),
  parseLiteral: (node, variables) => checked(JSONResolver.parseLiteral(node, variables), node),
});

function checked(value: unknown, node?: ValueNode): unknown {
  if (isJsonWithinLimits(value)) return value;
  throw new GraphQLError(
    `JSON must be at most ${MAX_DEPTH} levels deep and ${MAX_BYTES} bytes long. Numbers must be finite. ` +
      'The keys `__proto__` and `constructor.prototype` are not allowed.',
    { nodes: node ?? null },
  );
}
