import { type GraphQLSchema, isUnionType } from 'graphql';
import { InvalidArgument } from '../relay/invalid-argument.ts';
import type { RootField } from './operation-request.ts';

const MAX_REPRESENTATIONS = 100;

interface Representation {
  readonly __typename?: unknown;
}

/**
 * Refuses an operation with representations that no router sends, before anything of it runs. What is wrong with the keys
 * of one representation is left to its resolver, so that the others are answered.
 *
 * @throws {InvalidArgument} `TOO_MANY_REPRESENTATIONS` for more than 100 in all of an operation's `_entities` together;
 * `INVALID_REPRESENTATION` for one that is no object or of a type that is no entity.
 */
export function checkRepresentations(schema: GraphQLSchema, fields: readonly RootField[]): void {
  const entity = schema.getType('_Entity');
  if (!isUnionType(entity)) return;
  const types = new Set<unknown>(entity.getTypes().map(({ name }) => name));
  let room = MAX_REPRESENTATIONS;
  for (const { name, args } of fields) {
    if (name !== '_entities') continue;
    // The argument's type rules out null, and nothing else.
    const representations = args.representations as readonly Representation[];
    room -= representations.length;
    if (room < 0) {
      throw new InvalidArgument(
        'TOO_MANY_REPRESENTATIONS',
        `Give at most ${MAX_REPRESENTATIONS} \`representations\`.`,
      );
    }
    if (!representations.every(({ __typename: type }) => types.has(type))) {
      throw new InvalidArgument(
        'INVALID_REPRESENTATION',
        `A representation must be an object with the \`__typename\` ${[...types].join(' or ')}.`,
      );
    }
  }
}
