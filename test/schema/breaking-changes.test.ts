import { readFileSync } from 'node:fs';
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema, type GraphQLSchema, Kind, parse, print } from 'graphql';
import { printSdl } from '../../src/graphql/schema.ts';
import { GRAPHS } from '../harness/schema-variants.ts';

/** The graph as the last release printed it: what clients and routers rely on. */
function published(name: string): string {
  return readFileSync(new URL(`../../schema/published/${name}.graphql`, import.meta.url), 'utf8');
}

function toSchema(sdl: string): GraphQLSchema {
  // The directives of federation are not defined in what a registry takes.
  return buildSchema(sdl, { assumeValid: true, assumeValidSDL: true });
}

async function breakingChanges(before: string, after: string): Promise<string[]> {
  const changes = await diff(toSchema(before), toSchema(after));
  const breaking = changes.filter(
    ({ criticality: { level } }) => level === CriticalityLevel.Breaking,
  );
  const kept = new Set(promises(after));
  return [
    ...breaking.map(({ message }) => message),
    ...promises(before).filter((promise) => !kept.has(promise)),
  ];
}

/** What other subgraphs build on: they refer to an entity by its keys, and share what is shareable. */
function promises(sdl: string): string[] {
  return parse(sdl).definitions.flatMap((definition) => {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) return [];
    const { name, directives = [] } = definition;
    return directives
      .filter((directive) => ['key', 'shareable'].includes(directive.name.value))
      .map((directive) => `${name.value} ${print(directive)}`);
  });
}

describe.each(GRAPHS)('the $name graph', ({ name, role, options }) => {
  it('takes nothing away that was published; a release runs `npm run schema:publish`', async () => {
    expect(await breakingChanges(published(name), printSdl(role, options))).toEqual([]);
  });

  it.each([
    ['a field that is gone', / {2}rawStatus: String\n/, ''],
    ['a type that is another', 'rawStatus: String', 'rawStatus: Int'],
    ['an enum value that is gone', / {2}FAILED\n/, ''],
    ['an argument that is gone', / {4}first: Int\n/, ''],
    ['an argument that became mandatory', /first: Int\n/, 'first: Int!\n'],
    ['a field that became nullable', 'cursor: String!', 'cursor: String'],
  ])('would not lose %s unnoticed', async (_what, part, replacement) => {
    // Without descriptions, so that a definition can be taken out by its line.
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
])('the subgraph would not lose%s for %j unnoticed', async (directive, replacement) => {
  const before = printSdl('subgraph');
  expect(before).toContain(directive);
  expect(await breakingChanges(before, before.replace(directive, replacement))).not.toEqual([]);
});
