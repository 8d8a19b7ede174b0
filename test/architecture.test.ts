import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

const ROOT = new URL('../src', import.meta.url).pathname;

/** Which rooms of the house a room may enter. `docs/architecture.md` says why. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  main: ['config', 'server', 'emulator'],
  server: ['config', 'graphql', 'bedrock', 'invocations'],
  graphql: ['invocations', 'relay'],
  bedrock: ['invocations'],
  invocations: [],
  relay: [],
  config: [],
  emulator: [],
};

interface Import {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

function imports(): Import[] {
  return readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.includes('__generated__'))
    .flatMap(importsOf);
}

function importsOf(file: string): Import[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(ROOT, file), 'utf8'),
    ts.ScriptTarget.Latest,
  );
  return source.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const { moduleSpecifier } = statement;
    if (!moduleSpecifier || !ts.isStringLiteral(moduleSpecifier)) return [];
    if (!moduleSpecifier.text.startsWith('.')) return [];
    const target = relative('.', join(dirname(file), moduleSpecifier.text));
    const typeOnly =
      ts.isImportDeclaration(statement) &&
      statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
    return [{ file, from: room(file), to: room(target), typeOnly }];
  });
}

const room = (file: string) => (file.split('/')[0] ?? '').replace(/\.ts$/, '');

describe('the rooms of the house', () => {
  it('are all in the table', () => {
    expect(new Set(readdirSync(ROOT).map(room))).toEqual(new Set(Object.keys(MAY_IMPORT)));
  });

  it.each(Object.entries(MAY_IMPORT))('%s imports only what it may: %j', (name, allowed) => {
    const foreign = imports().filter(({ from, to }) => from === name && to !== name);
    expect(foreign.filter(({ to }) => !allowed.includes(to))).toEqual([]);
  });

  it('server knows settings by their types alone', () => {
    const values = imports().filter(
      ({ from, to, typeOnly }) => from === 'server' && to === 'config' && !typeOnly,
    );
    expect(values).toEqual([]);
  });

  it('only main reads the environment of the process', () => {
    const readers = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .filter((file) => readFileSync(join(ROOT, file), 'utf8').includes('process.env'));
    expect(readers).toEqual(['main.ts']);
  });
});
