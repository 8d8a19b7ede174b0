import { buildSubgraphSchema } from '@apollo/subgraph';
import { makeExecutableSchema } from '@graphql-tools/schema';
import {
  getDirectiveValues,
  type GraphQLSchema,
  GraphQLSpecifiedByDirective,
  isScalarType,
  lexicographicSortSchema,
  print,
  printSchema,
} from 'graphql';
import { standaloneResolvers, startResolvers, subgraphResolvers } from './resolvers.ts';
import { type GraphOptions, type GraphRole, loadSdl, stripFederationDirectives } from './sdl.ts';

export type { GraphOptions, GraphRole };

export function createSchema(role: GraphRole, options: GraphOptions = {}): GraphQLSchema {
  const typeDefs = loadSdl(role, options);
  const added = options.start ? startResolvers : {};
  switch (role) {
    case 'standalone':
      return restoreScalarDescriptions(
        makeExecutableSchema({
          typeDefs: stripFederationDirectives(typeDefs),
          resolvers: { ...standaloneResolvers, ...added },
        }),
      );
    case 'subgraph':
      return restoreScalarDescriptions(
        buildSubgraphSchema([{ typeDefs, resolvers: { ...subgraphResolvers, ...added } }]),
      );
    default:
      return role satisfies never;
  }
}

/**
 * Restores the SDL's descriptions of scalars: attaching a scalar's resolver replaces them with the
 * resolver's.
 */
function restoreScalarDescriptions(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isScalarType(type) || !type.astNode) continue;
    type.description = type.astNode.description?.value;
    const specifiedBy = getDirectiveValues(GraphQLSpecifiedByDirective, type.astNode);
    if (typeof specifiedBy?.url === 'string') type.specifiedByURL = specifiedBy.url;
  }
  return schema;
}

/**
 * Returns the SDL of a graph in a stable order, for people, tools and the check for drift. The
 * subgraph's SDL is what a schema registry takes: with the federation directives, without
 * `_service` and `_entities`.
 */
export function printSdl(role: GraphRole, options: GraphOptions = {}): string {
  switch (role) {
    case 'standalone':
      return `${printSchema(lexicographicSortSchema(createSchema(role, options)))}\n`;
    case 'subgraph':
      return `${print(loadSdl(role, options))}\n`;
    default:
      return role satisfies never;
  }
}
