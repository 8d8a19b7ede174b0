import type { GraphOptions, GraphRole } from '../../src/graphql/schema.ts';

export interface Graph {
  /** The name of its file in `schema/printed` and `schema/published`. */
  readonly name: string;
  readonly role: GraphRole;
  readonly options: GraphOptions;
}

/** All variants of the schema that settings can produce. */
export const GRAPHS: readonly Graph[] = [
  { name: 'standalone', role: 'standalone', options: {} },
  { name: 'subgraph', role: 'subgraph', options: {} },
  { name: 'standalone-start', role: 'standalone', options: { start: true } },
  { name: 'subgraph-start', role: 'subgraph', options: { start: true } },
];
