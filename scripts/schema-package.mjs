// Writes `bedrock-async-graphql/schema`, what clients and their tools need of the graph, into the folder named on the command line:
// a module of plain values, so that importing it loads nothing else, and the same as files.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, introspectionFromSchema, isAbstractType } from 'graphql';
import { printSdl } from '../dist/graphql/schema.js';

const [folder = 'dist/schema'] = process.argv.slice(2);
const standalone = printSdl('standalone');
const subgraph = printSdl('subgraph');
const schema = buildSchema(standalone);

/** One after the other in a bundle: who imports `possibleTypes` alone ships nothing of the rest. */
const values = [
  {
    name: 'standaloneSdl',
    type: 'string',
    says: 'The SDL of the graph that clients of the gateway see.',
    value: standalone,
  },
  {
    name: 'subgraphSdl',
    type: 'string',
    says: 'The SDL that a schema registry takes, with the directives that say how it composes.',
    value: subgraph,
  },
  {
    name: 'introspection',
    type: 'IntrospectionQuery',
    says: 'The standalone graph’s introspection without descriptions, as normalised caches take it; `introspection.json` has them.',
    value: introspectionFromSchema(schema, { descriptions: false }),
  },
  {
    name: 'possibleTypes',
    type: 'Record<string, string[]>',
    says: 'The members of each union and interface, as Apollo Client’s `InMemoryCache` takes them.',
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
    .map(({ name, type, says }) => `\n/** ${says} */\nexport declare const ${name}: ${type};\n`)
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
