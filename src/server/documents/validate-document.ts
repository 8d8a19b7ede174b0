import { type DocumentNode, type GraphQLSchema, validate } from 'graphql';
import { type DocumentLimits, findExceededLimits } from '../../graphql/limits/document-limits.ts';
import { type DocumentMetrics, measureOperations } from '../../graphql/limits/measure-document.ts';
import { graphqlRefusal, RequestRefusedError, withCode } from './refusal.ts';
import { validationRules } from './validation-rules.ts';

const CODE = 'GRAPHQL_VALIDATION_FAILED';
const MAX_ERRORS = 5;

/**
 * Measures a document. This comes before validation, because validating a document that exceeds a
 * limit can take time out of proportion to its length. Returns how many comparisons of fields the
 * validation may take.
 *
 * @throws {RequestRefusedError} for the first limit that is exceeded.
 */
export function measureDocument(document: DocumentNode, limits: DocumentLimits): number {
  const operations = measureOperations(document);
  const [exceeded] = findExceededLimits(operations, limits);
  if (!exceeded) return countComparisons(operations);
  const { message, limit, max } = exceeded;
  throw new RequestRefusedError([graphqlRefusal(400, message, { code: CODE, limit, max })]);
}

/** Validation compares the selections of one name in one place with each other. */
function countComparisons(operations: readonly DocumentMetrics[]): number {
  return operations.reduce((sum, { fields, fieldConflicts }) => {
    return sum + fields * Math.max(0, fieldConflicts - 1);
  }, 0);
}

/** @throws {RequestRefusedError} */
export function validateDocument(
  schema: GraphQLSchema,
  document: DocumentNode,
  introspection: boolean,
): void {
  // Suggestions reveal the names in the schema.
  const options = { maxErrors: MAX_ERRORS, hideSuggestions: !introspection };
  const errors = validate(schema, document, validationRules(introspection), options);
  if (errors.length === 0) return;
  throw new RequestRefusedError(errors.map((error) => withCode(CODE, error)));
}
