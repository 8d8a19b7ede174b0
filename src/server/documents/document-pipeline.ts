import type { DocumentNode, GraphQLSchema } from 'graphql';
import type { LimitsConfig } from '../../config/config.ts';
import type { ExecutableOperation } from '../../graphql/limits/root-fields.ts';
import { coerceVariables } from './coerce-variables.ts';
import { FairCache } from './fair-cache.ts';
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
export interface PreparedOperation extends GraphqlParams, ExecutableOperation {
  /** Whether errors must not suggest names of the schema. */
  readonly hideSuggestions: boolean;
}

/** The work that the document of one request took. */
export interface DocumentCheck {
  /** Whether the document had to be parsed, measured and validated. */
  readonly isNew: boolean;
  /** The number of tokens. 0 for a document that cannot be parsed. */
  readonly tokens: number;
  /** The time of parsing, measuring and validating. */
  readonly ms: number;
}

export interface PrepareOptions {
  /** The caller. Documents that it sends count for its share of the cache. */
  readonly identity?: string;
  /** Called once the document was checked, also if it is refused. */
  readonly onChecked?: (check: DocumentCheck) => void;
}

const DOCUMENT_CACHE_BYTES = 33_554_432;
/** The approximate memory of a token's part of the parsed document. */
const BYTES_PER_TOKEN = 256;

/**
 * Prepares operations for POST, GET, server-sent events and WebSocket alike. Each document is
 * parsed, measured and validated once. The variables of each request are coerced once, for
 * admission and for compiled queries. Operations that graphql-js executes are coerced again there,
 * because graphql-js accepts only raw variables.
 */
export class DocumentPipeline {
  readonly #options: DocumentPipelineOptions;
  /** The documents that passed all checks, by text. */
  readonly #documents = new FairCache<DocumentNode>(DOCUMENT_CACHE_BYTES);

  constructor(options: DocumentPipelineOptions) {
    this.#options = options;
  }

  /** @throws {RequestRefusedError} */
  prepare(
    params: GraphqlParams,
    transport: Transport,
    options: PrepareOptions = {},
  ): PreparedOperation {
    const { schema, introspection } = this.#options;
    const hideSuggestions = !introspection;
    const document = this.#load(params.query, options);
    const operation = selectOperation(document, params.operationName);
    assertOperationType(operation, transport, schema);
    const values = coerceVariables(schema, operation, params.variables, hideSuggestions);
    return { ...params, schema, document, operation, values, hideSuggestions };
  }

  /** Returns whether the document of a request needs no more checks. */
  isKnown({ query }: GraphqlParams): boolean {
    return this.#documents.has(query);
  }

  #load(text: string, { identity = '', onChecked }: PrepareOptions): DocumentNode {
    const known = this.#documents.get(text);
    if (known) {
      onChecked?.({ isNew: false, tokens: tokensOf(known), ms: 0 });
      return known;
    }
    const startedAt = performance.now();
    let document: DocumentNode | undefined;
    try {
      document = parseDocument(text, this.#options.limits);
      this.#check(document);
    } finally {
      const ms = performance.now() - startedAt;
      onChecked?.({ isNew: true, tokens: tokensOf(document), ms });
    }
    const size = text.length + BYTES_PER_TOKEN * tokensOf(document);
    this.#documents.add(text, document, { size, owner: identity });
    return document;
  }

  #check(document: DocumentNode): void {
    const { schema, limits, introspection } = this.#options;
    measureDocument(document, limits);
    validateDocument(schema, document, introspection);
  }
}

function tokensOf(document: DocumentNode | undefined): number {
  return document?.tokenCount ?? 0;
}
