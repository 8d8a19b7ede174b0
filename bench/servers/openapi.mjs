// A server without resolver code: GraphQL Mesh creates the schema and its resolvers from the
// OpenAPI description of the upstream, and Yoga serves it.
import { loadGraphQLSchemaFromOpenAPI } from '@omnigraph/openapi';
import { createYoga } from 'graphql-yoga';
import { createServer } from 'node:http';

const schema = await loadGraphQLSchemaFromOpenAPI('Bedrock', {
  source: new URL('bedrock-openapi.json', import.meta.url).pathname,
  endpoint: process.env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME,
});
const server = createServer(createYoga({ schema }));
server.listen(0, '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
