import { readdirSync, readFileSync } from 'node:fs';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { resolvers } from './resolvers.ts';

/** Beside both `src/` and `dist/`. */
const SCHEMA_FOLDER = new URL('../../schema/', import.meta.url);

/** The graph for clients that talk to this gateway directly: with `node` and `nodes`, without federation. */
export function createStandaloneSchema(): GraphQLSchema {
  return makeExecutableSchema({
    typeDefs: [...readSdl('./'), ...readSdl('./standalone/')],
    resolvers,
  });
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
