import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** A document of a manifest. */
export interface ManifestEntry {
  readonly id: string;
  readonly text: string;
}

const id = z.string().min(1, 'must not be empty');

/** What `@apollo/generate-persisted-query-manifest` writes. */
const apolloManifest = z
  .object({
    format: z.literal('apollo-persisted-query-manifest'),
    version: z.literal(1),
    operations: z.array(z.object({ id, body: z.string() })),
  })
  .transform(({ operations }) => operations.map((each) => ({ id: each.id, text: each.body })));

/** What Relay's compiler and GraphQL Code Generator write. */
const documentsById = z
  .record(id, z.string('must be the text of a document'))
  .transform((documents) => Object.entries(documents).map(([key, text]) => ({ id: key, text })));

export interface Manifest {
  readonly entries: readonly ManifestEntry[];
  /** The ids that more than one document has. */
  readonly duplicateIds: ReadonlySet<string>;
}

/**
 * Reads a file of documents: the manifest of Apollo's tool, or a JSON object with a document for
 * each id.
 *
 * @throws {Error} for a file that cannot be read or has another format. The message lists all
 * problems.
 */
export function readManifest(file: string | URL): Manifest {
  const json = readText(file);
  const value = parseJson(json);
  const isApollo = isApolloManifest(value);
  const { data, error } = (isApollo ? apolloManifest : documentsById).safeParse(value);
  if (!data) throw new Error(describe(error));
  const ids = isApollo ? data.map((entry) => entry.id) : topLevelKeys(json);
  return { entries: data, duplicateIds: findDuplicates(ids) };
}

function readText(file: string | URL): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\ufeff/, '');
  } catch (cause) {
    throw new Error('cannot be read', { cause });
  }
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new Error('is not valid JSON', { cause });
  }
}

/** In the other format, every value is a text. */
function isApolloManifest(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'operations' in value
    ? typeof value.operations === 'object'
    : false;
}

function findDuplicates(ids: readonly string[]): Set<string> {
  const seen = new Set<string>();
  return new Set(ids.filter((each) => seen.size === seen.add(each).size));
}

function describe(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => [path.map(String).join('.'), message].filter(Boolean).join(': '))
    .join('; ');
}

const JSON_TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g;

/** Returns the keys of a JSON object, including duplicates, which `JSON.parse` drops. */
function topLevelKeys(json: string): string[] {
  const keys: string[] = [];
  let depth = 0;
  let last = '';
  for (const [token] of json.matchAll(JSON_TOKEN)) {
    if (token === '{' || token === '[') depth += 1;
    if (token === '}' || token === ']') depth -= 1;
    if (token === ':' && depth === 1) keys.push(JSON.parse(last) as string);
    last = token;
  }
  return keys;
}
