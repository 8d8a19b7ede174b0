import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  buildClientSchema,
  type IntrospectionQuery,
  isAbstractType,
  lexicographicSortSchema,
  printSchema,
} from 'graphql';
import { createSchema, printSdl } from '../../src/graphql/schema.ts';

const ROOT = new URL('../../', import.meta.url).pathname;

/** Imports in a project where only this package is installed. */
const IMPORTS = /* js */ `
  import * as schema from 'bedrock-async-graphql/schema';
  import introspectionJson from 'bedrock-async-graphql/schema/introspection.json'
    with { type: 'json' };
  import possibleTypesJson from 'bedrock-async-graphql/schema/possible-types.json'
    with { type: 'json' };
  import { readFileSync } from 'node:fs';
  import { fileURLToPath } from 'node:url';
  const read = (role) => {
    const url = import.meta.resolve('bedrock-async-graphql/schema/' + role + '.graphql');
    return readFileSync(fileURLToPath(url), 'utf8');
  };
  const files = {
    standalone: read('standalone'),
    subgraph: read('subgraph'),
    introspectionJson,
    possibleTypesJson,
  };
  console.log(JSON.stringify({ schema, files }));
`;

const TYPED = /* ts */ `
  import {
    introspection,
    possibleTypes,
    standaloneSdl,
    subgraphSdl,
  } from 'bedrock-async-graphql/schema';
  export const texts: string[] = [standaloneSdl, subgraphSdl];
  export const types: string[] | undefined = possibleTypes['Node'];
  export const query: string = introspection.__schema.queryType.name;
`;

interface Imported {
  readonly schema: {
    readonly standaloneSdl: string;
    readonly subgraphSdl: string;
    readonly introspection: IntrospectionQuery;
    readonly possibleTypes: Record<string, string[]>;
  };
  readonly files: {
    readonly standalone: string;
    readonly subgraph: string;
    readonly introspectionJson: IntrospectionQuery;
    readonly possibleTypesJson: Record<string, string[]>;
  };
}

describe('bedrock-async-graphql/schema in the packed package', () => {
  let project: string;
  let imported: Imported;

  beforeAll(() => {
    project = mkdtempSync(join(tmpdir(), 'package-'));
    const installed = join(project, 'node_modules/bedrock-async-graphql');
    mkdirSync(installed, { recursive: true });
    // Creates the compile cache.
    execFileSync(process.execPath, [join(ROOT, 'dist/main.js'), '--version']);
    const [packed] = JSON.parse(
      npm('pack', '--json', '--ignore-scripts', '--pack-destination', project),
    ) as [{ filename: string }];
    execFileSync('tar', ['-xzf', join(project, packed.filename), '--strip', '1', '-C', installed]);
    writeFileSync(join(project, 'package.json'), '{ "name": "project" }');
    const script = join(project, 'imports.mjs');
    writeFileSync(script, IMPORTS);
    imported = JSON.parse(
      execFileSync(process.execPath, [script], { encoding: 'utf8' }),
    ) as Imported;
  }, 60_000);
  afterAll(() => {
    rmSync(project, { recursive: true });
  });

  it('S9 S10 has neither Node nor a compile cache', () => {
    const installed = join(project, 'node_modules/bedrock-async-graphql');
    const { dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    expect(Object.keys(dependencies)).toContain('graphql');
    expect(Object.keys(dependencies).filter((name) => /^node(?:-|$)/.test(name))).toEqual([]);
    expect(existsSync(join(ROOT, 'dist/.compile-cache'))).toBe(true);
    expect(existsSync(join(installed, 'dist/main.js'))).toBe(true);
    expect(existsSync(join(installed, 'dist/.compile-cache'))).toBe(false);
  });

  it('has the SDL of both graphs, as values and as files', () => {
    const { schema, files } = imported;
    expect(schema.standaloneSdl).toBe(printSdl('standalone'));
    expect(schema.subgraphSdl).toBe(printSdl('subgraph'));
    expect(files).toMatchObject({
      standalone: schema.standaloneSdl,
      subgraph: schema.subgraphSdl,
    });
  });

  it('has the introspection, with descriptions only in the file', () => {
    const { schema, files } = imported;
    const restored = buildClientSchema(files.introspectionJson);
    expect(`${printSchema(lexicographicSortSchema(restored))}\n`).toBe(schema.standaloneSdl);
    const bare = buildClientSchema(schema.introspection);
    expect(Object.keys(bare.getTypeMap())).toEqual(Object.keys(restored.getTypeMap()));
    expect(JSON.stringify(schema.introspection)).not.toContain('idempotency token');
  });

  it('has the members of every union and interface', () => {
    const schema = createSchema('standalone');
    const abstract = Object.values(schema.getTypeMap()).filter(isAbstractType);
    const members = abstract.map((type) => [
      type.name,
      schema.getPossibleTypes(type).map(({ name }) => name),
    ]);
    expect(imported.schema.possibleTypes).toEqual(Object.fromEntries(members));
    expect(imported.files.possibleTypesJson).toEqual(imported.schema.possibleTypes);
    expect(Object.keys(imported.schema.possibleTypes)).toContain('Node');
  });

  it.each(['bundler', 'nodenext'])('has types with module resolution %s', (resolution) => {
    // The types need only the package `graphql`, which every GraphQL client has.
    const graphql = join(project, 'node_modules/graphql');
    rmSync(graphql, { force: true });
    symlinkSync(join(ROOT, 'node_modules/graphql'), graphql);
    writeFileSync(join(project, 'typed.mts'), TYPED);
    const module = resolution === 'bundler' ? 'esnext' : 'nodenext';
    const options = `--strict --noEmit --skipDefaultLibCheck --module ${module} --moduleResolution ${resolution}`;
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    execFileSync(process.execPath, [tsc, ...options.split(' '), 'typed.mts'], { cwd: project });
  });
});

function npm(...args: string[]): string {
  return execFileSync('npm', args, {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
