import type { DocumentNode, GraphQLSchema } from 'graphql';
import type { LimitsConfig } from '../../config/config.ts';
import { parseDocument } from './parse-document.ts';
import { assertRootTypes } from './select-operation.ts';
import { measureDocument, validateDocument } from './validate-document.ts';

/** What a document must fit. */
export interface DocumentRules {
  readonly schema: GraphQLSchema;
  readonly limits: LimitsConfig;
  readonly introspection: boolean;
}

/**
 * Parses a text and checks the document, with all of its operations.
 *
 * @throws {RequestRefusedError}
 */
export function parseTrustedDocument(text: string, rules: DocumentRules): DocumentNode {
  const document = parseDocument(text, rules.limits);
  measureDocument(document, rules.limits);
  validateDocument(rules.schema, document, rules.introspection);
  assertRootTypes(document, rules.schema);
  return document;
}
