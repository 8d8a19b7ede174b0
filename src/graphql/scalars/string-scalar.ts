import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';

export interface StringScalarOptions {
  readonly name: string;
  readonly isValid: (text: string) => boolean;
  /** The required format, for error messages. */
  readonly format: string;
}

/** Creates a scalar for strings of a given format. Its description is in the SDL. */
export function createStringScalar({
  name,
  isValid,
  format,
}: StringScalarOptions): GraphQLScalarType {
  const parse = (value: unknown, node?: ValueNode): string => {
    if (typeof value === 'string' && isValid(value)) return value;
    // The value is not echoed: it may be long and contain line breaks.
    throw new GraphQLError(`${name} must be ${format}.`, { nodes: node ?? null });
  };
  return new GraphQLScalarType<string, string>({
    name,
    // The adapter has checked the format of what it read from AWS.
    serialize: (value) => {
      if (typeof value === 'string') return value;
      throw new GraphQLError(`${name} must be ${format}.`);
    },
    parseValue: (value) => parse(value),
    parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : undefined, node),
  });
}
