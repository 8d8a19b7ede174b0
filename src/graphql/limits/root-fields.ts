import { collectFields } from '@graphql-tools/utils';
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  getArgumentValues,
  getVariableValues,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';

export interface OperationRequest {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** A field that will be executed at the root, with the values that its resolver will be given. */
export interface RootField {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/**
 * What an operation executes at the root, wherever the document hides it; of fields that are merged, the first. Nothing
 * where the variables do not fit their types: the execution refuses them, and says more of them.
 *
 * @throws {GraphQLError} for an argument that does not fit its type.
 */
export function collectRootFields({
  schema,
  document,
  operation,
  variables,
}: OperationRequest): RootField[] {
  const type = schema.getRootType(operation.operation);
  const definitions = operation.variableDefinitions ?? [];
  const { coerced } = getVariableValues(schema, definitions, { ...variables }, { maxErrors: 1 });
  if (!type || !coerced) return [];
  const fragments = Object.fromEntries(
    document.definitions
      .filter((node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION)
      .map((node) => [node.name.value, node]),
  );
  const values = { coerced, sources: {} };
  const { fields } = collectFields(schema, fragments, values, type, operation.selectionSet);
  const known = type.getFields();
  return [...fields.values()].flatMap(([node]) => {
    if (!node) return [];
    const name = node.name.value;
    const field = known[name];
    return [{ name, args: field ? getArgumentValues(field, node, coerced) : {} }];
  });
}
