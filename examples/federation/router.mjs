// A router made of npm packages alone. In production Apollo Router or Hive Gateway takes its place, with the same
// supergraph.graphql. BEDROCK_URL and RENDER_QUEUE_URL say where the subgraphs are, if not where the supergraph says.
import { readFileSync } from 'node:fs';
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';

const MOVED = { bedrock: process.env.BEDROCK_URL, 'render-queue': process.env.RENDER_QUEUE_URL };

const gateway = new ApolloGateway({
  supergraphSdl: readFileSync(new URL('./supergraph.graphql', import.meta.url), 'utf8'),
  buildService: ({ name, url }) => new RemoteGraphQLDataSource({ url: MOVED[name] ?? url }),
});
const { url } = await startStandaloneServer(new ApolloServer({ gateway, introspection: true }), {
  listen: { host: '127.0.0.1', port: Number(process.env.PORT ?? 4000) },
});
console.log(`router on ${new URL('/graphql', url)}`);
