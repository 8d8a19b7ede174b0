import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  specifiedRules,
  validate,
  type ValidationRule,
} from 'graphql';
import { type DocumentLimits, findExceededLimits } from '../../graphql/limits/document-limits.ts';
import { graphqlRefusal, RequestRefusedError, withCode } from './refusal.ts';

const CODE = 'GRAPHQL_VALIDATION_FAILED';
const MAX_ERRORS = 5;
const RULES_WITHOUT_INTROSPECTION = [...specifiedRules, NoIntrospectionRule];

/**
 * Measures a document. This comes before validation, because validating a document that exceeds a
 * limit can take time out of proportion to its length.
 *
 * @throws {RequestRefusedError} for the first limit that is exceeded.
 */
export function measureDocument(document: DocumentNode, limits: DocumentLimits): void {
  const [exceeded] = findExceededLimits(document, limits);
  if (!exceeded) return;
  const { message, limit, max } = exceeded;
  throw new RequestRefusedError([graphqlRefusal(400, message, { code: CODE, limit, max })]);
}

/** @throws {RequestRefusedError} */
export function validateDocument(
  schema: GraphQLSchema,
  document: DocumentNode,
  introspection: boolean,
): void {
  const rules = introspection ? specifiedRules : RULES_WITHOUT_INTROSPECTION;
  const errors = validate(schema, document, rules, { maxErrors: MAX_ERRORS });
  if (errors.length === 0) return;
  const shown = introspection ? errors : errors.map(withoutSuggestion);
  throw new RequestRefusedError(shown.map((error) => withCode(CODE, error)));
}

function NoIntrospectionRule(context: Parameters<ValidationRule>[0]): ReturnType<ValidationRule> {
  return {
    Field: (node) => {
      if (node.name.value !== '__schema' && node.name.value !== '__type') return;
      const message = `Introspection is disabled: \`${node.name.value}\` needs \`INTROSPECTION=true\`.`;
      context.reportError(new GraphQLError(message, { nodes: node }));
    },
  };
}

const SUGGESTION = 'Did you mean ';

/** Removes the names that graphql-js suggests, because they reveal the schema. */
export function withoutSuggestion(error: GraphQLError): GraphQLError {
  const { message } = error;
  const start = message.lastIndexOf(SUGGESTION);
  if (start < 0 || !message.endsWith('?')) return error;
  const { nodes, source, positions } = error;
  return new GraphQLError(message.slice(0, start).trimEnd(), {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
  });
}
