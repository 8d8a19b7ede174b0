// Hive Gateway in front of the supergraph in the file named on the command line, on a free port. It refuses
// operations that cost more than 500 by the @cost and @listSize of the subgraphs, and says what each costs.
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { createGatewayRuntime } from '@graphql-hive/gateway';

const runtime = createGatewayRuntime({
  supergraph: readFileSync(process.argv[2], 'utf8'),
  logging: false,
  demandControl: { maxCost: 500, includeExtensionMetadata: true },
});
const server = createServer(runtime).listen(0, '127.0.0.1', () => {
  console.log(`router on http://127.0.0.1:${server.address().port}/graphql`);
});
