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

export interface Execution {
  readonly document: DocumentNode;
  /** Undefined where the document does not say which of its operations is meant. */
  readonly operation: OperationDefinitionNode | undefined;
  readonly operationName: string | undefined;
  readonly variables: Values;
  /** The variables, already coerced. The executor coerces them itself if this is absent. */
  readonly values?: Values;
  readonly context: unknown;
}

export type Executor = (execution: Execution) => Promise<ExecutionResult>;

/** Of one operation, for different values of the variables in `@skip` and `@include`. */
const MAX_VARIANTS = 8;

/**
 * Executes operations by plans that are made once for each operation, and by graphql-js what cannot be planned. Documents
 * must be valid, and the same object each time for the plan to be found again; it is kept as long as the document is.
 */
export function createExecutor(schema: GraphQLSchema): Executor {
  const planned = new WeakMap<OperationDefinitionNode, CompiledVariants>();
  const planFor = (
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Values,
  ): CompiledQuery | undefined => {
    let plans = planned.get(operation);
    if (!plans) planned.set(operation, (plans = new CompiledVariants(schema, document, operation)));
    return plans.find(variables);
  };
  return async ({ document, operation, operationName, variables, context, ...given }) => {
    const values = given.values ?? (operation && coercedVariables(schema, operation, variables));
    const found = values && operation && planFor(document, operation, values);
    if (found) {
      const { data, errors } = await found.execute(context, values);
      return { data: new JsonData(data) as unknown as Data, ...(errors.length > 0 && { errors }) };
    }
    return execute({
      schema,
      document,
      operationName,
      variableValues: variables,
      contextValue: context,
    });
  };
}

/** Undefined where they do not fit: graphql-js says more of that. */
function coercedVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Values,
): Values | undefined {
  return getVariableValues(schema, variableDefinitions, variables, { maxErrors: 1 }).coerced;
}

/** The plans of one operation. */
class CompiledVariants {
  readonly #schema: GraphQLSchema;
  readonly #document: DocumentNode;
  readonly #operation: OperationDefinitionNode;
  readonly #conditions: readonly string[];
  readonly #plans = new Map<string, CompiledQuery | undefined>();

  constructor(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) {
    this.#schema = schema;
    this.#document = document;
    this.#operation = operation;
    this.#conditions = skipIncludeVariables(document);
  }

  /** Undefined where there is none to be had. */
  find(variables: Values): CompiledQuery | undefined {
    const key = this.#conditions.map((name) => String(variables[name])).join();
    if (!this.#plans.has(key) && this.#plans.size < MAX_VARIANTS) {
      this.#plans.set(key, this.#plan(variables));
    }
    return this.#plans.get(key);
  }

  #plan(variables: Values): CompiledQuery | undefined {
    const [schema, document, operation] = [this.#schema, this.#document, this.#operation];
    try {
      return compileQuery({ schema, document, operation, variables });
    } catch (error) {
      if (error instanceof UnsupportedOperationError) return undefined;
      throw error;
    }
  }
}

/** The variables that say whether something is in the answer at all. */
function skipIncludeVariables(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    [Kind.DIRECTIVE]: ({ arguments: args = [] }) => {
      for (const { value } of args) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}
