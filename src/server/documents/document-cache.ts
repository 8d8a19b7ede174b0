import { createHash } from 'node:crypto';
import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

const DOCUMENT_CACHE_SIZE = 1000;
const MAX_CACHED_CHARACTERS = 4_194_304;

interface CachedDocument {
  readonly document: DocumentNode;
  readonly hash: string;
}

/** The documents that passed all checks of a document, by text and by the hash of the text. */
export class DocumentCache {
  readonly #byHash = new Map<string, DocumentNode>();
  readonly #byText = new LRUCache<string, CachedDocument>({
    max: DOCUMENT_CACHE_SIZE,
    maxSize: MAX_CACHED_CHARACTERS,
    sizeCalculation: (_document, text) => Math.max(1, text.length),
    dispose: ({ hash }) => this.#byHash.delete(hash),
  });

  get(text: string): DocumentNode | undefined {
    return this.#byText.get(text)?.document;
  }

  set(text: string, document: DocumentNode): void {
    const hash = createHash('sha256').update(text).digest('hex');
    this.#byText.set(text, { document, hash });
    // A text over the size limit is not stored, and would never be removed from the other map.
    if (this.#byText.has(text)) this.#byHash.set(hash, document);
  }

  /** Takes the SHA-256 of the text in hexadecimal. */
  getByHash(hash: string): DocumentNode | undefined {
    return this.#byHash.get(hash);
  }
}
