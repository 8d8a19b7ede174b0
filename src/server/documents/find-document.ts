import type { DocumentsConfig } from '../../config/config.ts';
import { hashInId, hashOf } from './document-reference.ts';
import { FairCache } from './fair-cache.ts';
import type { GraphqlParams } from './params.ts';
import { badRequest, graphqlRefusal, RequestRefusedError } from './refusal.ts';
import type { TrustedDocument, TrustedDocuments } from './trusted-documents.ts';

/** A document as its text, or as a trusted document, which needs no checks. */
export type FoundDocument = TrustedDocument | { readonly text: string; readonly document?: never };

const REGISTERED_BYTES = 4_194_304;
/** The memory of an entry in addition to its text. */
const ENTRY_BYTES = 256;

export type FinderOptions = Omit<DocumentsConfig, 'trustedFile'>;

/** Finds the document that a request contains or refers to, without parsing anything. */
export class DocumentFinder {
  readonly #trusted: TrustedDocuments;
  readonly #options: FinderOptions;
  /** The texts of automatic persisted queries, by hash. */
  readonly #registered = new FairCache<string>(REGISTERED_BYTES);

  constructor(trusted: TrustedDocuments, options: FinderOptions) {
    this.#trusted = trusted;
    this.#options = options;
  }

  /** @throws {RequestRefusedError} */
  find({ query, reference }: GraphqlParams): FoundDocument {
    const trusted =
      reference === undefined
        ? this.#trusted.findByText(query ?? '')
        : this.#trusted.findById(reference.id);
    if (trusted) return assertSameText(trusted, query);
    const isPersistedQuery = reference?.kind === 'persistedQuery';
    const { trustedOnly, automaticPersistedQueries } = this.#options;
    if (isPersistedQuery && !trustedOnly && !automaticPersistedQueries) {
      throw persistedQueryError('PersistedQueryNotSupported', 'PERSISTED_QUERY_NOT_SUPPORTED');
    }
    if (query !== undefined && reference) assertHash(query, hashInId(reference.id));
    if (trustedOnly) return this.#trustedText(query);
    if (isPersistedQuery && hashInId(reference.id) === undefined) {
      throw badRequest('`sha256Hash` must have 64 hexadecimal digits.');
    }
    if (query !== undefined) return { text: query };
    if (isPersistedQuery) return this.#registeredText(reference.id);
    throw this.#trusted.size > 0
      ? notTrusted('No trusted document has this id. Send the document as `query`.')
      : badRequest('Send the document as `query`. This server has no trusted documents.');
  }

  /** Registers the document of a request that passed all checks, if the client asks for it. */
  register({ query, reference }: GraphqlParams, owner: string): void {
    if (!this.#options.automaticPersistedQueries) return;
    if (query === undefined || reference?.kind !== 'persistedQuery') return;
    this.#registered.add(reference.id, query, { size: query.length + ENTRY_BYTES, owner });
  }

  /** A client that cannot use ids may send the whole text of a trusted document. */
  #trustedText(query: string | undefined): TrustedDocument {
    const trusted = this.#trusted.findByText(query ?? '');
    if (trusted) return trusted;
    throw notTrusted(
      'This server accepts only trusted documents (`TRUSTED_DOCUMENTS_ONLY`). ' +
        'Add the document to the file of `TRUSTED_DOCUMENTS`.',
    );
  }

  #registeredText(hash: string): FoundDocument {
    const text = this.#registered.get(hash);
    if (text !== undefined) return { text };
    throw persistedQueryError('PersistedQueryNotFound', 'PERSISTED_QUERY_NOT_FOUND');
  }
}

function assertSameText(trusted: TrustedDocument, query: string | undefined): TrustedDocument {
  if (query === undefined || query === trusted.text) return trusted;
  throw badRequest('`query` is not the document of this id. Send only one of them.');
}

function assertHash(query: string, hash: string | undefined): void {
  if (hash === undefined || hash === hashOf(query)) return;
  throw badRequest('The SHA-256 hash is not the one of `query`.');
}

function notTrusted(message: string): RequestRefusedError {
  return new RequestRefusedError([graphqlRefusal(400, message, { code: 'DOCUMENT_NOT_TRUSTED' })]);
}

/** Clients of persisted queries recognize this message or code, and send the whole document. */
function persistedQueryError(message: string, code: string): RequestRefusedError {
  return new RequestRefusedError([graphqlRefusal(200, message, { code })]);
}
