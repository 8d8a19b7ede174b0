import { getVariableValues, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import type { VariableValues } from '../../graphql/limits/root-fields.ts';
import { RequestRefusedError, withCode } from './refusal.ts';
import { withoutSuggestion } from './validate-document.ts';

const MAX_ERRORS = 5;

/**
 * Converts variables to the values that resolvers receive. Variables that the operation does not
 * declare are dropped.
 *
 * @throws {RequestRefusedError}
 */
export function coerceVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: VariableValues,
  introspection: boolean,
): VariableValues {
  const options = { maxErrors: MAX_ERRORS };
  const { coerced, errors } = getVariableValues(schema, variableDefinitions, variables, options);
  if (coerced) return coerced;
  const shown = introspection ? errors : errors.map(withoutSuggestion);
  throw new RequestRefusedError(shown.map((error) => withCode('BAD_USER_INPUT', error)));
}
