// Writes the SDL of both graphs, with and without mutations, to the folder named on the command
// line.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { printSdl } from '../dist/graphql/schema.js';

const [folder = 'schema/printed'] = process.argv.slice(2);
for (const role of ['standalone', 'subgraph']) {
  writeFileSync(join(folder, `${role}.graphql`), printSdl(role));
  writeFileSync(join(folder, `${role}-start.graphql`), printSdl(role, { start: true }));
}
