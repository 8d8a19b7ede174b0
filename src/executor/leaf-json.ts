import { GraphQLID, type GraphQLLeafType, GraphQLString, isEnumType } from 'graphql';
import { appendJson, appendQuoted } from './json-buffer.ts';

/** Returns a function that appends the JSON of a leaf value to a fixed text. */
export function leafToJson(type: GraphQLLeafType, before: string): (value: unknown) => string {
  const textOf = (value: unknown) => {
    const serialized: unknown = type.serialize(value);
    if (serialized == null) throw new Error(`${type.name} serialized a value to nothing.`);
    return appendJson(before, serialized);
  };
  if (isEnumType(type)) {
    const jsonByValue = new Map<unknown, string>(
      type.getValues().map(({ name, value }) => [value, `${before}"${name}"`]),
    );
    return (value) => jsonByValue.get(value) ?? textOf(value);
  }
  if (type.serialize === GraphQLString.serialize || type.serialize === GraphQLID.serialize) {
    const quote = `${before}"`;
    return (value) => (typeof value === 'string' ? appendQuoted(quote, value) : textOf(value));
  }
  return textOf;
}
