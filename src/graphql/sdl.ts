import { readdirSync, readFileSync } from 'node:fs';
import { concatAST, type DocumentNode, Kind, parse, visit } from 'graphql';

/** Beside both `src/` and `dist/`. */
const SCHEMA_FOLDER = new URL('../../schema/', import.meta.url);

/** What both graphs have, and what only one has: a folder of its own. */
export function readSdl(role: 'standalone' | 'subgraph'): DocumentNode {
  return concatAST([...readFolder(`./${role}/`), ...readFolder('./')]);
}

function readFolder(folder: string): DocumentNode[] {
  const url = new URL(folder, SCHEMA_FOLDER);
  return readdirSync(url)
    .filter((name) => name.endsWith('.graphql'))
    .sort()
    .map((name) => parse(readFileSync(new URL(name, url), 'utf8'), { noLocation: true }));
}

/** The directives that `schema/subgraph/link.graphql` imports; they speak to a router. */
const FEDERATION_DIRECTIVES = new Set(['cost', 'key', 'listSize', 'shareable']);

/** A graph that no router reads, without what is meant for one. */
export function withoutFederation(document: DocumentNode): DocumentNode {
  return visit(document, {
    [Kind.DIRECTIVE]: ({ name }) => (FEDERATION_DIRECTIVES.has(name.value) ? null : undefined),
  });
}
