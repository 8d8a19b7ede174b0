// Reads a JSON object of named lists of subgraphs, [{ name, sdl }], from standard input, and prints for each what two
// independent composers make of it: the codes of their errors, empty where it composes. A process of its own, because
// the composers have modules and a lockfile of their own.
import { text } from 'node:stream/consumers';
import { composeServices as composeWithApollo } from '@apollo/composition';
import { composeServices as composeWithHive } from '@theguild/federation-composition';
import { parse } from 'graphql';

const cases = JSON.parse(await text(process.stdin));
const results = Object.entries(cases).map(([name, subgraphs]) => {
  const services = subgraphs.map(({ name, sdl }) => ({
    name,
    url: `http://${name}.invalid/graphql`,
    typeDefs: parse(sdl),
  }));
  const codes = ({ errors = [] }) => [...new Set(errors.map(({ extensions }) => extensions.code))];
  const apollo = composeWithApollo(services);
  return [
    name,
    {
      apollo: codes(apollo),
      hive: codes(composeWithHive(services)),
      supergraph: apollo.supergraphSdl,
    },
  ];
});
process.stdout.write(JSON.stringify(Object.fromEntries(results)));
