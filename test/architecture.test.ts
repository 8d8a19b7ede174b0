import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';

const ROOT = new URL('../src', import.meta.url).pathname;

/** The modules that each module may import. docs/architecture.md gives the reasons. */
const ALLOWED_IMPORTS: Readonly<Record<string, readonly string[]>> = {
  main: ['process', 'config', 'server', 'graphql', 'emulator'],
  process: ['config', 'server'],
  server: ['config', 'graphql', 'bedrock', 'invocations', 'relay', 'executor', 'concurrency'],
  graphql: ['invocations', 'relay', 'concurrency'],
  bedrock: ['invocations', 'concurrency'],
  invocations: ['concurrency'],
  concurrency: [],
  config: [],
  emulator: [],
  executor: [],
  relay: [],
};

const moduleOf = (file: string) => (file.split('/')[0] ?? '').replace(/\.ts$/, '');

/**
 * Each file of src, with the files of src that it imports: values and types, static and dynamic.
 */
function importGraph(): ReadonlyMap<string, readonly string[]> {
  const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  return new Map(files.map((file) => [file, importsOf(file)]));
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  const specifiers: string[] = [];
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node);
    if (specifier?.startsWith('.')) specifiers.push(specifier);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return specifiers.map((specifier) => normalize(join(dirname(file), specifier)));
}

function specifierOf(node: ts.Node): string | undefined {
  let specifier: ts.Node | undefined;
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node))
    specifier = node.moduleSpecifier;
  else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    specifier = node.argument.literal;
  } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    specifier = node.arguments[0];
  }
  return specifier && ts.isStringLiteral(specifier) ? specifier.text : undefined;
}

/**
 * Returns a circle of imports that starts and ends with this file; undefined where there is none.
 */
function circleThrough(
  start: string,
  graph: ReadonlyMap<string, readonly string[]>,
): readonly string[] | undefined {
  const paths = [[start]];
  const visited = new Set<string>();
  for (let path = paths.shift(); path; path = paths.shift()) {
    for (const next of graph.get(path.at(-1) ?? '') ?? []) {
      if (next === start) return [...path, next];
      if (visited.has(next)) continue;
      visited.add(next);
      paths.push([...path, next]);
    }
  }
  return undefined;
}

describe('module boundaries', () => {
  const graph = importGraph();

  it('every module of src is in the table of allowed imports', () => {
    expect(new Set([...graph.keys()].map(moduleOf))).toEqual(new Set(Object.keys(ALLOWED_IMPORTS)));
  });

  it.each(Object.entries(ALLOWED_IMPORTS))('%s imports only %j', (name, allowed) => {
    const forbidden = [...graph]
      .filter(([file]) => moduleOf(file) === name)
      .flatMap(([file, imports]) => imports.map((target) => ({ file, target })))
      .filter(({ target }) => moduleOf(target) !== name && !allowed.includes(moduleOf(target)));
    expect(forbidden).toEqual([]);
  });

  it('every relative import names a file of src', () => {
    const dangling = [...graph].flatMap(([file, imports]) =>
      imports.filter((target) => !graph.has(target)).map((target) => `${file} -> ${target}`),
    );
    expect(dangling).toEqual([]);
  });

  it('no files import each other in a circle, types included', () => {
    const circles = [...graph.keys()].flatMap((file) => {
      const circle = circleThrough(file, graph);
      return circle ? [circle.join(' -> ')] : [];
    });
    expect(circles).toEqual([]);
  });

  it('only main reads the environment of the process', () => {
    const readers = [...graph.keys()].filter((file) =>
      readFileSync(join(ROOT, file), 'utf8').includes('process.env'),
    );
    expect(readers).toEqual(['main.ts']);
  });
});

describe('the harness of the tests', () => {
  // Test files share its modules, so a hook at the top of one would run for the first file only.
  it('registers no tests and no hooks when it is imported', () => {
    const tests = new URL('.', import.meta.url).pathname;
    const registering = readdirSync(tests, { recursive: true, encoding: 'utf8' })
      .filter((file) => /(?<!\.test)\.ts$/.test(file) && !file.includes('node_modules'))
      .filter((file) =>
        /^(?:before|after|describe|it|test)(?:Each|All)?\b/m.test(
          readFileSync(join(tests, file), 'utf8'),
        ),
      );
    expect(registering).toEqual([]);
  });
});
