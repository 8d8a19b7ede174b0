import { readdirSync, readFileSync } from 'node:fs';
import { concatAST, type DocumentNode, Kind, parse, visit } from 'graphql';

/** Beside both `src/` and `dist/`. */
const SCHEMA_FOLDER = new URL('../../schema/', import.meta.url);

/**
 * Whom the graph is for:
 *
 * - `standalone`: clients that talk to this gateway directly. It has `Node`, `Query.node` and `Query.nodes`.
 * - `subgraph`: a router that joins it with others. It has `_service` and `_entities`, and nothing named `Node`: what the
 *   whole graph can find by an id is not for one part of it to say.
 */
export type GraphRole = 'standalone' | 'subgraph';

/** What a graph has only where it was asked for. */
export interface GraphOptions {
  /** `Mutation.startAsyncInvoke`. */
  readonly start?: boolean;
}

/** What both graphs have, and what only one has, or only some: a folder of its own. */
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

/** A graph that no router reads, without what is meant for one: the directives that the subgraph links. */
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
