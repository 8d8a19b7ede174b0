import { type GraphQLSchema, isUnionType } from 'graphql';
import type { UserInputError } from '../../relay/user-input-error.ts';
import { userInputError } from '../user-input-error.ts';
import type { RootField } from './root-fields.ts';

interface Representation {
  readonly __typename?: unknown;
}

/**
 * Limits how many invocations one operation refers to by id, ARN or representation, and checks the
 * types of representations. An invalid value in one reference is left to its resolver, so that the
 * other references still resolve.
 *
 * @throws {UserInputError} `TOO_MANY_IDS`, `TOO_MANY_ARNS` or `TOO_MANY_REPRESENTATIONS` for more
 * than `max` references in all `nodes`, `asyncInvokeChanged` or `_entities` fields together, and
 * `INVALID_REPRESENTATION` for a representation that is no object or names no entity type.
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
      // The type `[_Any!]!` excludes null, but not values that are no objects.
      const list = args.representations as readonly Representation[];
      representations += list.length;
      if (representations > max) {
        throw tooMany('TOO_MANY_REPRESENTATIONS', 'representations', max);
      }
      assertEntityTypes(schema, list);
    }
  }
}

function assertEntityTypes(
  schema: GraphQLSchema,
  representations: readonly Representation[],
): void {
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
  argument: string,
  max: number,
): UserInputError {
  const limit = 'MAX_IDS_PER_OPERATION';
  const message = `Send at most ${max} \`${argument}\` in an operation (\`${limit}\`).`;
  return userInputError(reason, message, { limit, max });
}
