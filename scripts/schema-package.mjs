// Writes the package entry `bedrock-async-graphql/schema`, for clients and their tools, to the
// folder named on the command line: a module of plain values that imports nothing, and the same
// values as files.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, introspectionFromSchema, isAbstractType } from 'graphql';
import { printSdl } from '../dist/graphql/schema.js';

const [folder = 'dist/schema'] = process.argv.slice(2);
const standalone = printSdl('standalone');
const subgraph = printSdl('subgraph');
const schema = buildSchema(standalone);

/** Each value is a separate export, so that a bundler drops the unused ones. */
const values = [
  {
    name: 'standaloneSdl',
    type: 'string',
    description: 'The SDL of the standalone graph, for clients of the gateway.',
    value: standalone,
  },
  {
    name: 'subgraphSdl',
    type: 'string',
    description: 'The SDL of the subgraph, for a schema registry, with its federation directives.',
    value: subgraph,
  },
  {
    name: 'introspection',
    type: 'IntrospectionQuery',
    description:
      'The introspection of the standalone graph, without descriptions, for normalized caches.',
    value: introspectionFromSchema(schema, { descriptions: false }),
  },
  {
    name: 'possibleTypes',
    type: 'Record<string, string[]>',
    description:
      'The member types of each union and interface, for the `InMemoryCache` of Apollo Client.',
    value: possibleTypes(),
  },
];

mkdirSync(folder, { recursive: true });
write('standalone.graphql', standalone);
write('subgraph.graphql', subgraph);
write('introspection.json', json(introspectionFromSchema(schema)));
write('possible-types.json', json(possibleTypes()));
write(
  'index.js',
  values.map(({ name, value }) => `export const ${name} = ${JSON.stringify(value)};\n`).join(''),
);
write(
  'index.d.ts',
  `import type { IntrospectionQuery } from 'graphql';\n${values
    .map(
      ({ name, type, description }) =>
        `\n/** ${description} */\nexport declare const ${name}: ${type};\n`,
    )
    .join('')}`,
);

function possibleTypes() {
  return Object.fromEntries(
    Object.values(schema.getTypeMap())
      .filter(isAbstractType)
      .map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)]),
  );
}

function json(value) {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function write(file, text) {
  writeFileSync(join(folder, file), text);
}
