import { readdirSync, readFileSync } from 'node:fs';
import { makeExecutableSchema } from '@graphql-tools/schema';
import {
  getDirectiveValues,
  type GraphQLSchema,
  GraphQLSpecifiedByDirective,
  isScalarType,
  lexicographicSortSchema,
  printSchema,
} from 'graphql';
import { resolvers } from './resolvers.ts';

/** Beside both `src/` and `dist/`. */
const SCHEMA_FOLDER = new URL('../../schema/', import.meta.url);

/** The graph for clients that talk to this gateway directly: with `node` and `nodes`, without federation. */
export function createStandaloneSchema(): GraphQLSchema {
  const typeDefs = [...readSdl('./'), ...readSdl('./standalone/')];
  return describeScalars(makeExecutableSchema({ typeDefs, resolvers }));
}

/** Joining a scalar's code to its SDL replaces what the SDL says about it with what the code says. */
function describeScalars(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isScalarType(type) || !type.astNode) continue;
    type.description = type.astNode.description?.value;
    const specifiedBy = getDirectiveValues(GraphQLSpecifiedByDirective, type.astNode);
    if (typeof specifiedBy?.url === 'string') type.specifiedByURL = specifiedBy.url;
  }
  return schema;
}

/** The SDL of a schema in a stable order, for people, tools and the check for drift. */
export function printSdl(schema: GraphQLSchema): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}

function readSdl(folder: string): string[] {
  const url = new URL(folder, SCHEMA_FOLDER);
  return readdirSync(url)
    .filter((name) => name.endsWith('.graphql'))
    .sort()
    .map((name) => readFileSync(new URL(name, url), 'utf8'));
}
