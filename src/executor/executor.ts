import {
  type DocumentNode,
  execute,
  type ExecutionResult,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import { JsonData } from './serialized-data.ts';
import { compileQuery, type CompiledQuery, UnsupportedOperationError } from './compile-query.ts';

type Values = Readonly<Record<string, unknown>>;
type Data = NonNullable<ExecutionResult['data']>;

/** One operation to execute. */
export interface ExecutionRequest {
  readonly document: DocumentNode;
  /** Undefined when the document has several operations and none was selected. */
  readonly operation: OperationDefinitionNode | undefined;
  readonly operationName: string | undefined;
  readonly variables: Values;
  /** The variables, already coerced. The executor coerces them itself if this is absent. */
  readonly values?: Values;
  readonly context: unknown;
}

export interface ExecutorOptions {
  /** Defaults to true. When false, graphql-js executes all operations. */
  readonly compileQueries?: boolean;
  /** Maximum size of the data of a compiled query. Defaults to no limit. */
  readonly maxBytes?: number;
  /** Whether the errors of graphql-js suggest no names of the schema. Defaults to false. */
  readonly hideSuggestions?: boolean;
}

export { ResponseTooLargeError } from './execution.ts';

export type Executor = (request: ExecutionRequest) => Promise<ExecutionResult>;

/**
 * Compiled queries for each operation: one per combination of its `@skip` and `@include` variables.
 */
const MAX_VARIANTS = 8;

/**
 * Creates an executor that compiles each query once and executes everything else with graphql-js.
 * Documents must be valid. A compiled query is found again by the identity of its document, and
 * lives as long as the document.
 */
export function createExecutor(
  schema: GraphQLSchema,
  { compileQueries = true, maxBytes = Infinity, hideSuggestions = false }: ExecutorOptions = {},
): Executor {
  const variantsOf = new WeakMap<OperationDefinitionNode, CompiledVariants>();
  const compiledQueryFor = (
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Values,
  ): CompiledQuery | undefined => {
    let variants = variantsOf.get(operation);
    if (!variants)
      variantsOf.set(operation, (variants = new CompiledVariants(schema, document, operation)));
    return variants.find(variables);
  };
  return async ({ document, operation, operationName, variables, context, ...given }) => {
    const values = given.values ?? (operation && coercedVariables(schema, operation, variables));
    const compiled =
      compileQueries && values && operation && compiledQueryFor(document, operation, values);
    if (compiled) {
      const { data, errors } = await compiled.execute(context, values, maxBytes);
      return { data: new JsonData(data) as unknown as Data, ...(errors.length > 0 && { errors }) };
    }
    return execute({
      schema,
      document,
      operationName,
      variableValues: variables,
      contextValue: context,
      hideSuggestions,
    });
  };
}

/** Returns undefined for values that do not fit: graphql-js then reports all of the errors. */
function coercedVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Values,
): Values | undefined {
  return getVariableValues(schema, variableDefinitions, variables, { maxErrors: 1 }).coerced;
}

/** The compiled variants of one operation. */
class CompiledVariants {
  readonly #schema: GraphQLSchema;
  readonly #document: DocumentNode;
  readonly #operation: OperationDefinitionNode;
  readonly #variables: readonly string[];
  readonly #variants = new Map<string, CompiledQuery | undefined>();

  constructor(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) {
    this.#schema = schema;
    this.#document = document;
    this.#operation = operation;
    this.#variables = skipIncludeVariables(document);
  }

  /** Returns undefined for an unsupported operation, and past the maximum number of variants. */
  find(variables: Values): CompiledQuery | undefined {
    const key = this.#variables.map((name) => String(variables[name])).join();
    if (!this.#variants.has(key) && this.#variants.size < MAX_VARIANTS) {
      this.#variants.set(key, this.#compile(variables));
    }
    return this.#variants.get(key);
  }

  #compile(variables: Values): CompiledQuery | undefined {
    const [schema, document, operation] = [this.#schema, this.#document, this.#operation];
    try {
      return compileQuery({ schema, document, operation, variables });
    } catch (error) {
      if (error instanceof UnsupportedOperationError) return undefined;
      throw error;
    }
  }
}

/** Returns the names of the variables in directives: they decide what is in the response. */
function skipIncludeVariables(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    [Kind.DIRECTIVE]: ({ arguments: args = [] }) => {
      for (const { value } of args) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}
