import { collectFields } from '@graphql-tools/utils';
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getArgumentValues,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import { countLeaves } from './count-leaves.ts';

export type VariableValues = Readonly<Record<string, unknown>>;

/** A valid operation with the values of its variables. */
export interface ExecutableOperation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Coerced to the types that the operation declares. */
  readonly values: VariableValues;
}

/** A field that will be executed at the root, with the arguments that its resolver receives. */
export interface RootField {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** How many values one element of the field contains. */
  readonly leaves: number;
}

/** Counting takes time in proportion to the document, so it is done once for each field. */
const leavesOfField = new WeakMap<FieldNode, number>();

/**
 * Returns the root fields that an operation executes, including those in fragments. Fields that
 * GraphQL merges are one field.
 *
 * @throws {GraphQLError} for an argument that does not fit its type.
 */
export function collectRootFields({
  schema,
  document,
  operation,
  values,
}: ExecutableOperation): RootField[] {
  const type = schema.getRootType(operation.operation);
  if (!type) return [];
  const fragments = Object.fromEntries(
    document.definitions
      .filter((node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION)
      .map((node) => [node.name.value, node]),
  );
  const variables = { coerced: { ...values }, sources: {} };
  const { fields } = collectFields(schema, fragments, variables, type, operation.selectionSet);
  const definitions = type.getFields();
  return [...fields.values()].flatMap((nodes) => {
    const [node, ...more] = nodes;
    if (!node) return [];
    const known = more.length === 0 ? leavesOfField.get(node) : undefined;
    const leaves = known ?? countLeaves(nodes, fragments);
    if (more.length === 0) leavesOfField.set(node, leaves);
    const name = node.name.value;
    const definition = definitions[name];
    const args = definition ? getArgumentValues(definition, node, values) : {};
    return [{ name, args, leaves }];
  });
}
