import { type GraphQLSchema, isUnionType } from 'graphql';
import { InvalidArgument } from '../relay/invalid-argument.ts';
import type { RootField } from './operation-request.ts';

interface Representation {
  readonly __typename?: unknown;
}

/**
 * Refuses an operation that refers to more invocations one by one than it may, or with representations that no router
 * sends, before anything of it runs. What is wrong with one reference is left to its resolver, so that the others are
 * answered.
 *
 * @throws {InvalidArgument} `TOO_MANY_IDS`, `TOO_MANY_ARNS` or `TOO_MANY_REPRESENTATIONS` for more than `max` in all of an
 * operation's `nodes`, `asyncInvokeChanged` or `_entities` together; `INVALID_REPRESENTATION` for one that is no object or of a type that is no entity.
 */
export function checkReferences(
  schema: GraphQLSchema,
  fields: readonly RootField[],
  max: number,
): void {
  let arns = 0;
  let ids = 0;
  let representations = 0;
  for (const { name, args } of fields) {
    if (name === 'nodes') {
      ids += (args.ids as readonly string[]).length;
      if (ids > max) throw tooMany('TOO_MANY_IDS', 'ids', max);
    }
    if (name === 'asyncInvokeChanged') {
      arns += (args.invocationArns as readonly string[] | null | undefined)?.length ?? 0;
      if (arns > max) throw tooMany('TOO_MANY_ARNS', 'invocationArns', max);
    }
    if (name === '_entities') {
      // The argument's type rules out null, and nothing else.
      const list = args.representations as readonly Representation[];
      representations += list.length;
      if (representations > max) {
        throw tooMany('TOO_MANY_REPRESENTATIONS', 'representations', max);
      }
      checkTypes(schema, list);
    }
  }
}

function checkTypes(schema: GraphQLSchema, representations: readonly Representation[]): void {
  const entity = schema.getType('_Entity');
  const names = isUnionType(entity) ? entity.getTypes().map(({ name }) => name) : [];
  const types = new Set<unknown>(names);
  if (representations.every(({ __typename: type }) => types.has(type))) return;
  throw new InvalidArgument(
    'INVALID_REPRESENTATION',
    `A representation must be an object with the \`__typename\` ${names.join(' or ')}.`,
  );
}

function tooMany(
  reason: 'TOO_MANY_IDS' | 'TOO_MANY_ARNS' | 'TOO_MANY_REPRESENTATIONS',
  what: string,
  max: number,
): InvalidArgument {
  const message = `Give at most ${max} \`${what}\` in an operation.`;
  return new InvalidArgument(reason, message, { limit: 'MAX_REFERENCES', max });
}
