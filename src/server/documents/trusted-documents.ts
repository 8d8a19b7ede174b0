import type { DocumentNode } from 'graphql';
import { ConfigError } from '../../config/config-error.ts';
import { hashInId, hashOf } from './document-reference.ts';
import { type Manifest, type ManifestEntry, readManifest } from './manifest.ts';
import { RequestRefusedError } from './refusal.ts';

/** A document that passed all checks at the start. */
export interface TrustedDocument {
  readonly text: string;
  readonly document: DocumentNode;
}

/** A file of documents, and the setting that its problems are reported under. */
export interface TrustedFile {
  readonly setting: string;
  readonly file: string | URL;
}

/** The documents that clients may name by an id, by their SHA-256 hash, or by their whole text. */
export class TrustedDocuments {
  readonly #byId = new Map<string, TrustedDocument>();
  readonly #byHash = new Map<string, TrustedDocument>();
  readonly #byText = new Map<string, TrustedDocument>();

  /**
   * Reads documents from files and checks each of them.
   *
   * @param check parses and validates a text. Throws a `RequestRefusedError`.
   * @throws {ConfigError} listing all problems of all files.
   */
  static load(
    files: readonly TrustedFile[],
    check: (text: string) => DocumentNode,
  ): TrustedDocuments {
    const documents = new TrustedDocuments();
    const problems = files.flatMap((file) => documents.#addFile(file, check));
    if (problems.length > 0) throw new ConfigError(problems);
    return documents;
  }

  get size(): number {
    return this.#byText.size;
  }

  findById(id: string): TrustedDocument | undefined {
    return this.#byId.get(id) ?? this.#byHash.get(hashInId(id) ?? '');
  }

  findByText(text: string): TrustedDocument | undefined {
    return this.#byText.get(text);
  }

  #addFile({ setting, file }: TrustedFile, check: (text: string) => DocumentNode): string[] {
    let manifest: Manifest;
    try {
      manifest = readManifest(file);
    } catch (error) {
      return [`${setting}: ${String(file)}: ${error instanceof Error ? error.message : ''}`];
    }
    const problemOf = (id: string, problem: string) =>
      `${setting}: document ${JSON.stringify(id)}: ${problem}`;
    const duplicates = [...manifest.duplicateIds].map((id) =>
      problemOf(id, 'the id is used more than once'),
    );
    const problems = manifest.entries.flatMap((entry) => {
      const problem = this.#add(entry, check);
      return problem === undefined ? [] : [problemOf(entry.id, problem)];
    });
    return [...duplicates, ...problems];
  }

  /** Returns why a document cannot be trusted. */
  #add({ id, text }: ManifestEntry, check: (text: string) => DocumentNode): string | undefined {
    const hash = hashOf(text);
    const expected = hashInId(id);
    if (expected !== undefined && expected !== hash) {
      return 'the id is a SHA-256 hash, but not the one of the document';
    }
    try {
      const trusted = this.#byText.get(text) ?? { text, document: check(text) };
      this.#byId.set(id, trusted);
      this.#byHash.set(hash, trusted);
      this.#byText.set(text, trusted);
      return undefined;
    } catch (error) {
      if (!(error instanceof RequestRefusedError)) throw error;
      return error.errors.map(({ message }) => message).join(' ');
    }
  }
}
