// Serves the supergraph in the file named on the command line with Hive Gateway, on a free port. It
// rejects operations that cost more than 500 according to the @cost and @listSize directives of the
// subgraphs, and reports the cost of each operation in its extensions.
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';

const runtime = createGatewayRuntime({
  supergraph: readFileSync(process.argv[2], 'utf8'),
  logging: false,
  demandControl: { maxCost: 500, includeExtensionMetadata: true },
});
const server = createServer(runtime).listen(0, '127.0.0.1', () => {
  console.log(`router on http://127.0.0.1:${server.address().port}/graphql`);
});
