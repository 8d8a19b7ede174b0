// The subgraph of another team: it starts jobs with the AWS SDK and stores only their ARNs.
import { readFileSync } from 'node:fs';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { openQueue } from './queue.mjs';

const queue = await openQueue();
const typeDefs = parse(readFileSync(new URL('./schema.graphql', import.meta.url), 'utf8'));

const resolvers = {
  Query: {
    renders: (_root, { first }) => queue.newest(first),
  },
  Render: {
    __resolveReference: ({ id }) => queue.byId(id),
    job: ({ invocationArn }) => ({ invocationArn }),
  },
  AsyncInvokeSummary: {
    __resolveReference: ({ invocationArn }) => ({ invocationArn }),
    render: ({ invocationArn }) => queue.byArn(invocationArn),
  },
};

const server = new ApolloServer({ schema: buildSubgraphSchema([{ typeDefs, resolvers }]) });
const { url } = await startStandaloneServer(server, {
  listen: { host: '127.0.0.1', port: Number(process.env.PORT ?? 4002) },
});
console.log(`render queue on ${new URL('/graphql', url)}`);
