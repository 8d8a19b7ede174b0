// Composes the subgraphs listed in supergraph.yaml, like rover, and prints the supergraph.
import { readFileSync } from 'node:fs';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { parse as parseYaml } from 'yaml';

const here = (file) => readFileSync(new URL(file, import.meta.url), 'utf8');

const { subgraphs } = parseYaml(here('./supergraph.yaml'));
const services = Object.entries(subgraphs).map(([name, { routing_url: url, schema }]) => ({
  name,
  url,
  typeDefs: parse(here(schema.file)),
}));
const { supergraphSdl, errors = [] } = composeServices(services);
for (const { message } of errors) console.error(message);
if (!supergraphSdl) process.exit(1);
process.stdout.write(`${supergraphSdl.trimEnd()}\n`);
