import { GraphQLError, GraphQLScalarType, type ValueNode } from 'graphql';
import { JSONResolver } from 'graphql-scalars';
import { isJsonWithinLimits, MAX_DEPTH, MAX_BYTES } from './json-limits.ts';

/** graphql-scalars' `JSON`, for values that can be sent on: within limits, and nothing that another program may trip over. */
export const JSON = new GraphQLScalarType<unknown>({
  ...JSONResolver.toConfig(),
  parseValue: (value) => checked(value),
  parseLiteral: (node, variables) => checked(JSONResolver.parseLiteral(node, variables), node),
});

function checked(value: unknown, node?: ValueNode): unknown {
  if (isJsonWithinLimits(value)) return value;
  throw new GraphQLError(
    `JSON must be at most ${MAX_DEPTH} levels deep and ${MAX_BYTES} bytes long, with numbers that a double can hold and ` +
      'without the keys `__proto__` and `constructor.prototype`.',
    { nodes: node ?? null },
  );
}
