import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';

export interface TextScalar {
  readonly name: string;
  readonly isValid: (text: string) => boolean;
  /** What a value must look like, for the caller. */
  readonly format: string;
}

/** A scalar whose values are strings of a certain form. Its description stands in the SDL. */
export function createStringScalar({ name, isValid, format }: TextScalar): GraphQLScalarType {
  const parse = (value: unknown, node?: ValueNode): string => {
    if (typeof value === 'string' && isValid(value)) return value;
    // The value is not echoed: it may be of any length, and hold line breaks.
    throw new GraphQLError(`${name} must be ${format}.`, { nodes: node ?? null });
  };
  return new GraphQLScalarType<string, string>({
    name,
    // What the graph gives out was looked at when it was read.
    serialize: (value) => {
      if (typeof value === 'string') return value;
      throw new GraphQLError(`${name} must be ${format}.`);
    },
    parseValue: (value) => parse(value),
    parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : undefined, node),
  });
}
