import fastify from 'fastify';
import mercurius from 'mercurius';
import { resolvers, typeDefs } from './peer-schema.mjs';

const app = fastify();
await app.register(mercurius, { schema: typeDefs, resolvers, jit: 1 });
console.log(`listening on ${await app.listen({ host: '127.0.0.1', port: 0 })}`);
