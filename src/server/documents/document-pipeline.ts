import type { DocumentNode } from 'graphql';
import type { ExecutableOperation } from '../../graphql/limits/root-fields.ts';
import type { DocumentRules } from './document-rules.ts';
import { coerceVariables } from './coerce-variables.ts';
import { FairCache } from './fair-cache.ts';
import { DocumentFinder, type FinderOptions, type FoundDocument } from './find-document.ts';
import { type GraphqlParams, readParams } from './params.ts';
import { parseDocument } from './parse-document.ts';
import { RequestRefusedError } from './refusal.ts';
import { assertOperationType, selectOperation, type Transport } from './select-operation.ts';
import { TrustedDocuments } from './trusted-documents.ts';
import { measureDocument, validateDocument } from './validate-document.ts';

export interface DocumentPipelineOptions extends DocumentRules {
  /** How documents may be sent. By default as text only. */
  readonly documents?: FinderOptions;
  readonly trusted?: TrustedDocuments;
}

/** A request that is ready for admission and execution. */
export interface PreparedOperation extends ExecutableOperation {
  /** The text of the document. */
  readonly query: string;
  readonly operationName: string | undefined;
  /** As the client sent them. */
  readonly variables: GraphqlParams['variables'];
  /** Whether errors must not suggest names of the schema. */
  readonly hideSuggestions: boolean;
}

/** The work that the document of one request took. */
export interface DocumentCheck {
  /** Whether the document had to be parsed, measured and validated. */
  readonly isNew: boolean;
  /** The number of tokens. 0 for a document that cannot be parsed. */
  readonly tokens: number;
  /** How many comparisons of fields the validation may take. */
  readonly comparisons: number;
}

export interface PrepareOptions {
  /** The caller. Documents that it sends count for its share of the cache. */
  readonly identity?: string;
  /** Called once the document was checked, also if it is refused. */
  readonly onChecked?: (check: DocumentCheck) => void;
}

const TEXT_ONLY: FinderOptions = { trustedOnly: false, automaticPersistedQueries: false };

const DOCUMENT_CACHE_BYTES = 16_777_216;
/** The approximate memory of a token's part of the parsed document. */
const BYTES_PER_TOKEN = 512;

/**
 * Prepares operations for POST, GET, server-sent events and WebSocket alike. Each document is
 * parsed, measured and validated once. The variables of each request are coerced once, for
 * admission and for compiled queries. Operations that graphql-js executes are coerced again there,
 * because graphql-js accepts only raw variables.
 */
export class DocumentPipeline {
  readonly #rules: DocumentRules;
  readonly #finder: DocumentFinder;
  /** The documents that passed all checks, by text. */
  readonly #documents = new FairCache<DocumentNode>(DOCUMENT_CACHE_BYTES);

  constructor({ trusted, documents, ...rules }: DocumentPipelineOptions) {
    this.#rules = rules;
    this.#finder = new DocumentFinder(trusted ?? new TrustedDocuments(), documents ?? TEXT_ONLY);
  }

  /** @throws {RequestRefusedError} */
  prepare(
    params: GraphqlParams,
    transport: Transport,
    options: PrepareOptions = {},
  ): PreparedOperation {
    const { schema, introspection } = this.#rules;
    const { operationName, variables } = params;
    const hideSuggestions = !introspection;
    const found = this.#finder.find(params);
    const document = this.#load(found, options);
    const operation = selectOperation(document, operationName);
    assertOperationType(operation, transport, schema);
    const values = coerceVariables(schema, operation, variables, hideSuggestions);
    this.#finder.register(params, options.identity ?? '');
    const query = found.text;
    return {
      query,
      operationName,
      variables,
      schema,
      document,
      operation,
      values,
      hideSuggestions,
    };
  }

  /** Returns whether a request needs no more checks of its document, or is refused without them. */
  isKnown(params: GraphqlParams): boolean {
    try {
      const { text, document } = this.#finder.find(params);
      return document !== undefined || this.#documents.has(text);
    } catch (error) {
      if (error instanceof RequestRefusedError) return true;
      throw error;
    }
  }

  /** Returns whether the body of a request may ask for a mutation. Nothing is parsed. */
  mightMutate(body: unknown): boolean {
    try {
      return this.#finder.find(readParams(body)).text.includes('mutation');
    } catch (error) {
      if (error instanceof RequestRefusedError) return true;
      throw error;
    }
  }

  #load(
    { text, document: trusted }: FoundDocument,
    { identity = '', onChecked }: PrepareOptions,
  ): DocumentNode {
    const known = trusted ?? this.#documents.get(text);
    if (known) {
      onChecked?.({ isNew: false, tokens: tokensOf(known), comparisons: 0 });
      return known;
    }
    let document: DocumentNode | undefined;
    let comparisons = 0;
    try {
      const { schema, limits, introspection } = this.#rules;
      document = parseDocument(text, limits);
      comparisons = measureDocument(document, limits);
      validateDocument(schema, document, introspection);
    } finally {
      onChecked?.({ isNew: true, tokens: tokensOf(document), comparisons });
    }
    const size = text.length + BYTES_PER_TOKEN * tokensOf(document);
    this.#documents.add(text, document, { size, owner: identity });
    return document;
  }
}

function tokensOf(document: DocumentNode | undefined): number {
  return document?.tokenCount ?? 0;
}
