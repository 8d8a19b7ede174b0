import { type GraphQLSchema, isUnionType } from 'graphql';
import type { UserInputError } from '../../relay/user-input-error.ts';
import { userInputError } from '../user-input-error.ts';
import type { RootField } from './root-fields.ts';

interface Representation {
  readonly __typename?: unknown;
}

/**
 * Refuses an operation that refers to more invocations one by one than it may, or with representations that no router
 * sends, before anything of it runs. What is wrong with one reference is left to its resolver, so that the others are
 * answered.
 *
 * @throws {UserInputError} `TOO_MANY_IDS`, `TOO_MANY_ARNS` or `TOO_MANY_REPRESENTATIONS` for more than `max` in all of an
 * operation's `nodes`, `asyncInvokeChanged` or `_entities` together; `INVALID_REPRESENTATION` for one that is no object or of a type that is no entity.
 */
export function assertReferenceLimits(
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
  throw userInputError(
    'INVALID_REPRESENTATION',
    `A representation must be an object with the \`__typename\` ${names.join(' or ')}.`,
  );
}

function tooMany(
  reason: 'TOO_MANY_IDS' | 'TOO_MANY_ARNS' | 'TOO_MANY_REPRESENTATIONS',
  what: string,
  max: number,
): UserInputError {
  const message = `Give at most ${max} \`${what}\` in an operation.`;
  return userInputError(reason, message, { limit: 'MAX_IDS_PER_OPERATION', max });
}
