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
 * @throws {InvalidArgument} `INVALID_REPRESENTATION` for one that is no object or of a type that is no entity;
 * `TOO_MANY_REPRESENTATIONS` for more than 100 in all of an operation's `_entities` together.
 */
export function checkRepresentations(request: OperationRequest): void {
  const entity = request.schema.getType('_Entity');
  if (!isUnionType(entity)) return;
  const types = new Set<unknown>(entity.getTypes().map(({ name }) => name));
  const representations = representationsOf(request);
  if (!representations.every(({ __typename: type }) => types.has(type))) {
    throw new InvalidArgument(
      'INVALID_REPRESENTATION',
      `A representation must be an object with the \`__typename\` ${[...types].join(' or ')}.`,
    );
  }
  if (representations.length > MAX_REPRESENTATIONS) {
    throw new InvalidArgument(
      'TOO_MANY_REPRESENTATIONS',
      `Give at most ${MAX_REPRESENTATIONS} \`representations\`.`,
    );
  }
}

/** Whatever was sent, but for null, which the type of the argument rules out. */
function representationsOf(request: OperationRequest): { readonly __typename?: unknown }[] {
  const { schema, operation, variables } = request;
  const query = schema.getQueryType();
  const field = query?.getFields()._entities;
  const definitions = operation.variableDefinitions ?? [];
  const { coerced } = getVariableValues(schema, definitions, { ...variables });
  // Variables that do not fit their types are refused by the execution.
  if (!query || !field || !coerced) return [];
  return rootFields(request, query, coerced)
    .filter(({ name }) => name.value === field.name)
    .flatMap((node) => getArgumentValues(field, node, coerced).representations as object[]);
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
