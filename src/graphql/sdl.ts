import { readdirSync, readFileSync } from 'node:fs';
import { concatAST, type DocumentNode, Kind, parse, visit } from 'graphql';

/** The path is the same from `src/graphql/` and from `dist/chunks/`. */
const SCHEMA_FOLDER = new URL('../../schema/', import.meta.url);

/**
 * The consumer of the graph:
 *
 * - `standalone`: clients that query this gateway directly. It has `Node`, `Query.node` and
 *   `Query.nodes`.
 * - `subgraph`: a router that composes it with other subgraphs. It has `_service` and `_entities`,
 *   but no `Node`, because one subgraph cannot resolve the ids of the whole graph.
 */
export type GraphRole = 'standalone' | 'subgraph';

/** Optional parts of a graph. */
export interface GraphOptions {
  /** `Mutation.startAsyncInvoke`. */
  readonly start?: boolean;
}

/** Loads the shared SDL and the folders of this role and of the optional parts. */
export function loadSdl(role: GraphRole, { start = false }: GraphOptions = {}): DocumentNode {
  const folders = [`./${role}/`, './', ...(start ? ['./start/'] : [])];
  return concatAST(folders.flatMap(readFolder));
}

function readFolder(folder: string): DocumentNode[] {
  const url = new URL(folder, SCHEMA_FOLDER);
  return readdirSync(url)
    .filter((name) => name.endsWith('.graphql'))
    .sort()
    .map((name) => parse(readFileSync(new URL(name, url), 'utf8'), { noLocation: true }));
}

/** Removes the directives that the subgraph imports: no router reads the standalone graph. */
export function stripFederationDirectives(document: DocumentNode): DocumentNode {
  const linked = new Set(linkedDirectives());
  return visit(document, {
    [Kind.DIRECTIVE]: ({ name }) => (linked.has(name.value) ? null : undefined),
  });
}

function linkedDirectives(): string[] {
  const names: string[] = [];
  for (const document of readFolder('./subgraph/')) {
    visit(document, {
      [Kind.ARGUMENT]: ({ name, value }) => {
        if (name.value !== 'import' || value.kind !== Kind.LIST) return;
        for (const item of value.values) {
          if (item.kind === Kind.STRING) names.push(item.value.replace(/^@/, ''));
        }
      },
    });
  }
  return names;
}
