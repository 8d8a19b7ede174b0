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
 * Measures and validates a document.
 *
 * @throws {RequestRefusedError}
 */
export function checkDocument(
  document: DocumentNode,
  { schema, limits, introspection }: DocumentRules,
): void {
  measureDocument(document, limits);
  validateDocument(schema, document, introspection);
}

/**
 * Parses a text and checks the document, with all of its operations.
 *
 * @throws {RequestRefusedError}
 */
export function parseTrustedDocument(text: string, rules: DocumentRules): DocumentNode {
  const document = parseDocument(text, rules.limits);
  checkDocument(document, rules);
  assertRootTypes(document, rules.schema);
  return document;
}
