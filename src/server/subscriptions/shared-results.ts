import { createHash } from 'node:crypto';
import { execute, type ExecutionResult, type FormattedExecutionResult } from 'graphql';
import type { Invocation } from '../../invocations/invocation.ts';
import type { PreparedOperation } from '../documents/document-pipeline.ts';

type Result = Promise<FormattedExecutionResult>;

/** How many different subscriptions share the results of one change at a time. */
const MAX_RESULTS_PER_CHANGE = 32;

/** Executes each change once for all subscriptions with the same document and variables. */
export class SharedResults {
  readonly #format: (result: ExecutionResult) => FormattedExecutionResult;
  readonly #byChange = new WeakMap<Invocation, Map<string, Result>>();

  constructor(format: (result: ExecutionResult) => FormattedExecutionResult) {
    this.#format = format;
  }

  /** Returns a function that executes the operation for one change. */
  executorFor(prepared: PreparedOperation): (invocation: Invocation) => Result {
    const key = keyOf(prepared);
    return (invocation) => {
      const results = this.#resultsOf(invocation);
      let result = results.get(key);
      if (!result) {
        // The same change can be sent for a long time, to ever more kinds of subscriptions.
        if (results.size >= MAX_RESULTS_PER_CHANGE) results.clear();
        result = this.#execute(prepared, invocation);
        results.set(key, result);
      }
      return result;
    };
  }

  #resultsOf(invocation: Invocation): Map<string, Result> {
    let results = this.#byChange.get(invocation);
    if (!results) this.#byChange.set(invocation, (results = new Map<string, Result>()));
    return results;
  }

  async #execute(
    { schema, document, operationName, variables, hideSuggestions }: PreparedOperation,
    rootValue: Invocation,
  ): Result {
    const operation = { schema, document, operationName, variableValues: variables };
    const args = { ...operation, rootValue, hideSuggestions };
    return this.#format(await execute(args));
  }
}

/** Returns the same key for subscriptions whose results are the same. */
function keyOf({ query, operationName, variables, values }: PreparedOperation): string {
  const declared = Object.keys(values).map((name) => [name, variables[name]]);
  const text = JSON.stringify([query, operationName, declared]);
  return createHash('sha256').update(text).digest('base64url');
}
