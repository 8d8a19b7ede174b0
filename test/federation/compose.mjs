// Composes lists of subgraphs with two independent composers. Reads a JSON object from standard
// input that maps a name to a list of `{ name, sdl }`, and prints for each name the error codes of
// both composers (empty when it composes) and the supergraph. Runs as a separate process, because
// the composers are installed in this folder with a separate lockfile.
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
  const errorCodes = ({ errors = [] }) => [
    ...new Set(errors.map(({ extensions }) => extensions.code)),
  ];
  const apollo = composeWithApollo(services);
  return [
    name,
    {
      apollo: errorCodes(apollo),
      hive: errorCodes(composeWithHive(services)),
      supergraph: apollo.supergraphSdl,
    },
  ];
});
process.stdout.write(JSON.stringify(Object.fromEntries(results)));
