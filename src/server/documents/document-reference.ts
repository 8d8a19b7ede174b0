import { createHash } from 'node:crypto';
import { badRequest } from './refusal.ts';

/** How a request names a document that it need not contain. */
export interface DocumentReference {
  /** `persistedQuery` is the extension that clients use for automatic persisted queries. */
  readonly kind: 'documentId' | 'persistedQuery';
  readonly id: string;
}

type Members = Readonly<Record<string, unknown>>;

/**
 * Reads the reference of a request: `documentId` of GraphQL over HTTP, the extension
 * `persistedQuery` of Apollo, or `doc_id` and `id` of Relay. The first of them counts.
 *
 * @throws {RequestRefusedError}
 */
export function readReference(
  { documentId, doc_id: docId, id }: Members,
  persistedQuery: unknown,
): DocumentReference | undefined {
  const hash = persistedQuery == null ? undefined : readHash(persistedQuery);
  if (documentId != null) return { kind: 'documentId', id: assertId('documentId', documentId) };
  if (hash !== undefined) return { kind: 'persistedQuery', id: hash };
  if (docId != null) return { kind: 'documentId', id: assertId('doc_id', docId) };
  // `id` is too common a name to refuse other types of it.
  return typeof id === 'string' && id !== '' ? { kind: 'documentId', id } : undefined;
}

function assertId(name: string, id: unknown): string {
  if (typeof id === 'string' && id !== '') return id;
  throw badRequest(`\`${name}\` must be a string that is not empty.`);
}

const SHA256 = /^[0-9a-f]{64}$/;

/** Clients of trusted documents may send any id in place of a hash. */
function readHash(persistedQuery: unknown): string {
  const { version, sha256Hash }: Members = Object(persistedQuery) as Members;
  if (version === 1 && typeof sha256Hash === 'string' && sha256Hash !== '') {
    const hash = sha256Hash.toLowerCase();
    return SHA256.test(hash) ? hash : sha256Hash;
  }
  throw badRequest(
    '`extensions.persistedQuery` must have `version: 1` and a text as `sha256Hash`.',
  );
}

const SHA256_PREFIX = 'sha256:';

/** Returns the SHA-256 hash that an id consists of: `<hash>` or `sha256:<hash>`. */
export function hashInId(id: string): string | undefined {
  const hash = id.startsWith(SHA256_PREFIX) ? id.slice(SHA256_PREFIX.length) : id;
  return SHA256.test(hash) ? hash : undefined;
}

/** Returns the SHA-256 hash of a document's text, in hexadecimal. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
