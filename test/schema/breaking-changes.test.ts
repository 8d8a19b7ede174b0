import { readFileSync } from 'node:fs';
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema, type GraphQLSchema, Kind, parse, print } from 'graphql';
import { printSdl } from '../../src/graphql/schema.ts';
import { GRAPHS } from '../harness/schema-variants.ts';

/** Reads the published SDL, which clients and routers rely on. */
function published(name: string): string {
  return readFileSync(new URL(`../../schema/published/${name}.graphql`, import.meta.url), 'utf8');
}

function toSchema(sdl: string): GraphQLSchema {
  // The printed SDL does not define the federation directives.
  return buildSchema(sdl, { assumeValid: true, assumeValidSDL: true });
}

async function breakingChanges(before: string, after: string): Promise<string[]> {
  const changes = await diff(toSchema(before), toSchema(after));
  const breaking = changes.filter(
    ({ criticality: { level } }) => level === CriticalityLevel.Breaking,
  );
  const kept = new Set(federationContract(after));
  return [
    ...breaking.map(({ message }) => message),
    ...federationContract(before).filter((directive) => !kept.has(directive)),
  ];
}

/** Returns the directives that other subgraphs rely on: the keys of entities, and `@shareable`. */
function federationContract(sdl: string): string[] {
  return parse(sdl).definitions.flatMap((definition) => {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) return [];
    const { name, directives = [] } = definition;
    return directives
      .filter((directive) => ['key', 'shareable'].includes(directive.name.value))
      .map((directive) => `${name.value} ${print(directive)}`);
  });
}

describe.each(GRAPHS)('the $name graph', ({ name, role, options }) => {
  it('has no breaking change; a release runs `npm run schema:publish`', async () => {
    expect(await breakingChanges(published(name), printSdl(role, options))).toEqual([]);
  });

  it.each([
    ['a removed field', / {2}rawStatus: String\n/, ''],
    ['a changed field type', 'rawStatus: String', 'rawStatus: Int'],
    ['a removed enum value', / {2}FAILED\n/, ''],
    ['a removed argument', / {4}first: Int\n/, ''],
    ['an argument that became required', /first: Int\n/, 'first: Int!\n'],
    ['a field that became nullable', 'cursor: String!', 'cursor: String'],
  ])('is checked for %s', async (_change, part, replacement) => {
    // Remove the descriptions, so that each definition is one line.
    const before = printSdl(role, options).replaceAll(/^ *(?:"""[^]*?"""|".*")\n/gm, '');
    expect(before).toMatch(part);
    expect(await breakingChanges(before, before.replace(part, replacement))).not.toEqual([]);
  });
});

it.each([
  [' @key(fields: "id")', ''],
  [' @key(fields: "id")', ' @key(fields: "id region")'],
  [' @key(fields: "id")', ' @key(fields: "id", resolvable: false)'],
  [' @shareable', ''],
])('the subgraph is checked for replacing%s with %j', async (directive, replacement) => {
  const before = printSdl('subgraph');
  expect(before).toContain(directive);
  expect(await breakingChanges(before, before.replace(directive, replacement))).not.toEqual([]);
});
