// A server without resolver code: Hive Gateway serves a supergraph that Mesh composes from the
// OpenAPI description of the upstream.
import { createGatewayRuntime } from '@graphql-hive/gateway';
import { getComposedSchemaFromConfig } from '@graphql-mesh/compose-cli';
import { loadOpenAPISubgraph } from '@omnigraph/openapi';
import { createServer } from 'node:http';

const logger = { ...console, child: () => logger };
const sourceHandler = loadOpenAPISubgraph('Bedrock', {
  source: new URL('bedrock-openapi.json', import.meta.url).pathname,
  endpoint: process.env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME,
});
const supergraph = await getComposedSchemaFromConfig({ subgraphs: [{ sourceHandler }] }, logger);
const server = createServer(createGatewayRuntime({ supergraph, logging: false }));
server.listen(0, '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
