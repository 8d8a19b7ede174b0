import { collectFields, collectSubFields } from '@graphql-tools/utils';
import {
  defaultFieldResolver,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getArgumentValues,
  getNullableType,
  GraphQLError,
  type GraphQLAbstractType,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';
import type { JsonSlice } from './json-slice.ts';
import {
  constant,
  field as plannedField,
  isPromise,
  leaf,
  leafField,
  type FieldNodes,
  nonNull,
  jsonNull,
  type ValueReader,
  type Path,
  type Values,
  type ValueWriter,
  writeFields,
  writeItems,
  writeNull,
  capture,
} from './field-writers.ts';

/**
 * Functions that declare fewer parameters cannot see the last, which costs more than most of them
 * do.
 */
const PARAMETERS_WITH_INFO = 4;
const PARAMETERS_OF_RESOLVE_TYPE = 2;
const NO_INFO = undefined as unknown as GraphQLResolveInfo;

/**
 * An operation made ready for execution: what there is to know of it before there are values is
 * known.
 */
export interface CompiledQuery {
  /** Never rejects: what fails is in the errors, and a null in its place. */
  execute(context: unknown, variables: Values): Promise<PlanResult>;
}

export interface PlanResult {
  readonly data: JsonSlice;
  readonly errors: readonly GraphQLError[];
}

/** What a plan is made for, and cannot be executed without. */
export interface PlanRequest {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /**
   * The values on which `@skip` and `@include` depend; others may differ from one execution to the
   * next.
   */
  readonly variables: Values;
}

/** Not everything can be planned; then the caller has to go another way. */
export class UnsupportedOperationError extends Error {
  override readonly name = 'Unplannable';
}

/**
 * Turns a valid query into closures, one for each field and type of its selection, which write the
 * answer's JSON straight from what the resolvers return. What happens is what the specification and
 * graphql-js say, to the errors' paths and messages; a property test compares the two.
 *
 * The difference is what does not happen for each row: no looking up of fields, no argument values
 * where there are no arguments, no promises, no objects in between.
 *
 * @throws {UnsupportedOperationError}
 */
export function compileQuery(request: PlanRequest): CompiledQuery {
  const { operation, schema } = request;
  const type = schema.getRootType(operation.operation);
  if (operation.operation !== OperationTypeNode.QUERY || !type) {
    throw new UnsupportedOperationError('is not a query');
  }
  return new QueryCompiler(request).compileQuery(type);
}

class QueryCompiler {
  readonly #request: PlanRequest;
  readonly #fragments: Record<string, FragmentDefinitionNode>;
  readonly #variableValues: { coerced: Record<string, unknown>; sources: Record<string, never> };

  constructor(request: PlanRequest) {
    this.#request = request;
    this.#variableValues = { coerced: { ...request.variables }, sources: {} };
    this.#fragments = Object.fromEntries(
      request.document.definitions
        .filter((node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION)
        .map((node) => [node.name.value, node]),
    );
  }

  compileQuery(type: GraphQLObjectType): CompiledQuery {
    const { schema, operation } = this.#request;
    const selected = collectFields(
      schema,
      this.#fragments,
      this.#variableValues,
      type,
      operation.selectionSet,
    );
    const fields = this.#fields(type, selected.fields);
    return {
      execute: async (context, variables) => {
        const errors: GraphQLError[] = [];
        const run = { context, variables, errors };
        try {
          return { data: await capture(() => fields(undefined, run, [], 0)), errors };
        } catch (error) {
          errors.push(error as GraphQLError);
          return { data: jsonNull(), errors };
        }
      },
    };
  }

  #fields(
    type: GraphQLObjectType,
    selected: ReadonlyMap<string, readonly FieldNode[]>,
  ): ValueWriter {
    const known = type.getFields();
    const fields: ValueWriter[] = [];
    for (const [key, nodes] of selected) {
      const name = nodes[0]?.name.value ?? '';
      if (name.startsWith('__') && name !== '__typename')
        throw new UnsupportedOperationError('is introspection');
      const field = name === '__typename' ? undefined : known[name];
      if (name !== '__typename' && !field) continue;
      const text = `${fields.length > 0 ? ',' : ''}"${key}":`;
      fields.push(
        field
          ? this.#field(type, field, key, text, nodes as unknown as FieldNodes)
          : constant(`${text}"${type.name}"`),
      );
    }
    return (source, run, trail, depth) => writeFields(fields, source, run, trail, depth);
  }

  /** Reads one field of a source and writes its name and value. */
  #field(
    type: GraphQLObjectType,
    field: GraphQLField<unknown, unknown>,
    key: string,
    text: string,
    nodes: FieldNodes,
  ): ValueWriter {
    const nullable = !isNonNullType(field.type);
    const read = this.#value(type, field, nodes);
    const complete = this.#complete(field.type, nodes, `${type.name}.${field.name}`);
    const compileQuery = { key, text, nodes, nullable, read, complete };
    const valueType = getNullableType(field.type);
    return isLeafType(valueType) ? leafField(compileQuery, valueType) : plannedField(compileQuery);
  }

  /** The value of a field: a property, or what the resolver says. */
  #value(
    type: GraphQLObjectType,
    field: GraphQLField<unknown, unknown>,
    nodes: FieldNodes,
  ): ValueReader {
    const { name, resolve } = field;
    const call = this.#call(type, field, nodes, resolve ?? defaultFieldResolver);
    if (resolve && resolve !== defaultFieldResolver) return call;
    return (source, run, trail, depth) => {
      const property = (source as Values | null | undefined)?.[name];
      return typeof property === 'function' ? call(source, run, trail, depth) : property;
    };
  }

  #call(
    parentType: GraphQLObjectType,
    field: GraphQLField<unknown, unknown>,
    fieldNodes: FieldNodes,
    resolve: GraphQLFieldResolver<unknown, unknown>,
  ): ValueReader {
    const { schema, operation } = this.#request;
    const { name: fieldName, type: returnType, args } = field;
    const fragments = this.#fragments;
    const known = { fieldName, fieldNodes, returnType, parentType, schema, fragments, operation };
    // Those who declare none may take them all.
    const wantsInfo = resolve.length === 0 || resolve.length >= PARAMETERS_WITH_INFO;
    return (source, run, trail, depth) => {
      const { context, variables } = run;
      const values = args.length > 0 ? getArgumentValues(field, fieldNodes[0], variables) : {};
      if (!wantsInfo) return resolve(source, values, context, NO_INFO);
      const path = pathOf(trail, depth, parentType.name);
      const info = { ...known, path, rootValue: undefined, variableValues: { ...variables } };
      return resolve(source, values, context, info);
    };
  }

  #complete(type: GraphQLOutputType, nodes: FieldNodes, name: string): ValueWriter {
    if (isNonNullType(type)) {
      return nonNull(this.#complete(type.ofType, nodes, name), name);
    }
    const complete = this.#completeValue(type, nodes, name);
    return (value, run, trail, depth) => {
      if (value == null) return writeNull();
      if (value instanceof Error) throw value;
      return complete(value, run, trail, depth);
    };
  }

  #completeValue(type: GraphQLOutputType, nodes: FieldNodes, name: string): ValueWriter {
    if (isLeafType(type)) return leaf(type);
    if (isListType(type)) return this.#list(type.ofType, nodes, name);
    if (isAbstractType(type)) return this.#abstract(type, nodes, name);
    if (isObjectType(type)) return this.#object(type, nodes);
    throw new UnsupportedOperationError('has a field of an unknown kind of type');
  }

  #list(type: GraphQLOutputType, nodes: FieldNodes, name: string): ValueWriter {
    const complete = this.#complete(type, nodes, name);
    const nullable = !isNonNullType(type);
    return (value, run, trail, depth) => {
      if (!isIterable(value)) {
        throw new GraphQLError(`Expected Iterable, but did not find one for field "${name}".`);
      }
      return writeItems(value, complete, nodes, run, trail, depth, nullable);
    };
  }

  #object(type: GraphQLObjectType, nodes: FieldNodes): ValueWriter {
    if (type.isTypeOf) throw new UnsupportedOperationError('has a type that looks at its values');
    const { schema } = this.#request;
    const selected = collectSubFields(schema, this.#fragments, this.#variableValues, type, [
      ...nodes,
    ]);
    return this.#fields(type, selected.fields);
  }

  #abstract(type: GraphQLAbstractType, nodes: FieldNodes, name: string): ValueWriter {
    const { resolveType } = type;
    if (!resolveType || resolveType.length > PARAMETERS_OF_RESOLVE_TYPE) {
      throw new UnsupportedOperationError(
        'has a type that is told in a way that is not provided for',
      );
    }
    const { schema } = this.#request;
    const objects = new Map<string | undefined, ValueWriter>();
    for (const possible of schema.getPossibleTypes(type)) {
      objects.set(possible.name, this.#object(possible, nodes));
    }
    const objectOf = (typeName: string | undefined): ValueWriter => {
      const object = objects.get(typeName);
      if (object) return object;
      throw new GraphQLError(`The value of "${name}" is of no type that "${type.name}" may be.`);
    };
    return (value, run, trail, depth) => {
      const typeName = resolveType(value, run.context, NO_INFO, type);
      if (!isPromise<string | undefined>(typeName)) {
        return objectOf(typeName)(value, run, trail, depth);
      }
      const later = trail.slice(0, depth);
      return typeName.then((resolved) =>
        capture(() => objectOf(resolved)(value, run, later, depth)),
      );
    };
  }
}

/** As graphql-js has it, but for the names of the types further up. */
function pathOf(trail: Path, depth: number, typename: string): GraphQLResolveInfo['path'] {
  let path: GraphQLResolveInfo['path'] | undefined;
  for (const key of trail.slice(0, depth)) path = { prev: path, key, typename: undefined };
  return { prev: path, key: trail[depth] ?? '', typename };
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}
