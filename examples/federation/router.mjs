// A router built from npm packages only. In production, use Apollo Router or Hive Gateway with the
// same supergraph.graphql. BEDROCK_URL and RENDER_QUEUE_URL override the subgraph URLs of the
// supergraph. With APQ=true, queries to the subgraph `bedrock` are sent by their hash, which needs
// APQ=true in the subgraph too. ROUTER_SECRET is the secret of that subgraph.
import { readFileSync } from 'node:fs';
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';

const URL_OVERRIDES = {
  bedrock: process.env.BEDROCK_URL,
  'render-queue': process.env.RENDER_QUEUE_URL,
};

function addSecret({ request }) {
  const secret = process.env.ROUTER_SECRET;
  if (secret) request.http.headers.set('router-authorization', secret);
}

const gateway = new ApolloGateway({
  supergraphSdl: readFileSync(new URL('./supergraph.graphql', import.meta.url), 'utf8'),
  buildService: ({ name, url }) =>
    new RemoteGraphQLDataSource({
      url: URL_OVERRIDES[name] ?? url,
      ...(name === 'bedrock' && { apq: process.env.APQ === 'true', willSendRequest: addSecret }),
    }),
});
const { url } = await startStandaloneServer(new ApolloServer({ gateway, introspection: true }), {
  listen: { host: '127.0.0.1', port: Number(process.env.PORT ?? 4000) },
});
console.log(`router on ${new URL('/graphql', url)}`);
