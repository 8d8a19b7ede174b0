import { collectFields } from '@graphql-tools/utils';
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getArgumentValues,
  getVariableValues,
  type GraphQLObjectType,
  type GraphQLSchema,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import { InvalidArgument } from '../relay/invalid-argument.ts';

const MAX_REPRESENTATIONS = 100;

type Values = Readonly<Record<string, unknown>>;

export interface OperationRequest {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Values;
}

/**
 * Refuses an operation with representations that no router sends, before anything of it runs. What is wrong with the keys
 * of one representation is left to its resolver, so that the others are answered.
 *
 * @throws {InvalidArgument} `TOO_MANY_REPRESENTATIONS` for more than 100 in all of an operation's `_entities` together;
 * `INVALID_REPRESENTATION` for one that is no object or of a type that is no entity.
 * @throws {GraphQLError} for an argument that does not fit its type.
 */
export function checkRepresentations({ schema, ...request }: OperationRequest): void {
  const entity = schema.getType('_Entity');
  const query = schema.getQueryType();
  const field = query?.getFields()._entities;
  if (!isUnionType(entity) || !query || !field) return;
  const { operation, variables } = request;
  const { coerced } = getVariableValues(
    schema,
    operation.variableDefinitions ?? [],
    { ...variables },
    { maxErrors: 1 },
  );
  // Variables that do not fit their types are refused by the execution, which says more of them.
  if (!coerced) return;
  const types = new Set<unknown>(entity.getTypes().map(({ name }) => name));
  let room = MAX_REPRESENTATIONS;
  for (const node of rootFields({ schema, ...request }, query, coerced)) {
    if (node.name.value !== field.name) continue;
    // The argument's type rules out null, and nothing else.
    const args = getArgumentValues(field, node, coerced);
    const representations = args.representations as readonly Representation[];
    room -= representations.length;
    if (room < 0) throw tooMany();
    if (!representations.every(({ __typename: type }) => types.has(type))) {
      throw new InvalidArgument(
        'INVALID_REPRESENTATION',
        `A representation must be an object with the \`__typename\` ${[...types].join(' or ')}.`,
      );
    }
  }
}

interface Representation {
  readonly __typename?: unknown;
}

function tooMany(): InvalidArgument {
  return new InvalidArgument(
    'TOO_MANY_REPRESENTATIONS',
    `Give at most ${MAX_REPRESENTATIONS} \`representations\`.`,
  );
}

/** What is executed at the root, wherever the document hides it; of fields that are merged, the first. */
function rootFields(
  { schema, document, operation }: OperationRequest,
  query: GraphQLObjectType,
  coerced: Values,
): FieldNode[] {
  const fragments = Object.fromEntries(
    document.definitions
      .filter((node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION)
      .map((node) => [node.name.value, node]),
  );
  const variables = { coerced, sources: {} };
  const { fields } = collectFields(schema, fragments, variables, query, operation.selectionSet);
  return [...fields.values()].flatMap(([node]) => node ?? []);
}
