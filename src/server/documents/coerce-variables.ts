import { getVariableValues, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import type { VariableValues } from '../../graphql/limits/root-fields.ts';
import { RequestRefusedError, withCode } from './refusal.ts';

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
  hideSuggestions: boolean,
): VariableValues {
  const options = { maxErrors: MAX_ERRORS, hideSuggestions };
  const { coerced, errors } = getVariableValues(schema, variableDefinitions, variables, options);
  if (coerced) return coerced;
  throw new RequestRefusedError(errors.map((error) => withCode('BAD_USER_INPUT', error)));
}
