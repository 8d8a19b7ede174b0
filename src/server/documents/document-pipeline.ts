import type { DocumentNode, GraphQLSchema } from 'graphql';
import type { LimitsConfig } from '../../config/config.ts';
import type { ExecutableOperation } from '../../graphql/limits/root-fields.ts';
import { coerceVariables } from './coerce-variables.ts';
import { DocumentCache } from './document-cache.ts';
import type { GraphqlParams } from './params.ts';
import { parseDocument } from './parse-document.ts';
import { assertOperationType, selectOperation, type Transport } from './select-operation.ts';
import { measureDocument, validateDocument } from './validate-document.ts';

export interface DocumentPipelineOptions {
  readonly schema: GraphQLSchema;
  readonly limits: LimitsConfig;
  readonly introspection: boolean;
}

/** A request that is ready for admission and execution. */
export interface PreparedOperation extends GraphqlParams, ExecutableOperation {}

/**
 * Prepares operations for POST, GET, server-sent events and WebSocket alike. Each document is
 * parsed, measured and validated once. The variables of each request are coerced once, for
 * admission and for compiled queries. Operations that graphql-js executes are coerced again there,
 * because graphql-js accepts only raw variables.
 */
export class DocumentPipeline {
  readonly #options: DocumentPipelineOptions;
  readonly #cache = new DocumentCache();

  constructor(options: DocumentPipelineOptions) {
    this.#options = options;
  }

  /** @throws {RequestRefusedError} */
  prepare(params: GraphqlParams, transport: Transport): PreparedOperation {
    const { schema, introspection } = this.#options;
    const document = this.#load(params.query);
    const operation = selectOperation(document, params.operationName);
    assertOperationType(operation, transport, schema);
    const values = coerceVariables(schema, operation, params.variables, introspection);
    return { ...params, schema, document, operation, values };
  }

  /** Returns a prepared document by the SHA-256 of its text. */
  findByHash(hash: string): DocumentNode | undefined {
    return this.#cache.getByHash(hash);
  }

  #load(text: string): DocumentNode {
    const cached = this.#cache.get(text);
    if (cached) return cached;
    const { schema, limits, introspection } = this.#options;
    const document = parseDocument(text, limits.documentTokens);
    measureDocument(document, limits);
    validateDocument(schema, document, introspection);
    this.#cache.set(text, document);
    return document;
  }
}
