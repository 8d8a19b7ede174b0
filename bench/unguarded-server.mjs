// The gateway's own parts without what guards them: no check of who asks, no limits of documents, no cost, no rate.
import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import { BedrockSource } from '../dist/bedrock/bedrock-source.js';
import { SERVE } from '../dist/config/modes.js';
import { readConfig } from '../dist/config/read-config.js';
import { InvocationLoader } from '../dist/graphql/invocation-loader.js';
import { createSchema } from '../dist/graphql/schema.js';
import { createHttpApp, serveGraphql } from '../dist/server/http-app.js';
import { createLogStream } from '../dist/server/log-stream.js';
import { Metrics } from '../dist/server/metrics.js';
import { callFor } from '../dist/server/request-call.js';

const config = readConfig(process.env, SERVE);
const source = await BedrockSource.create(config.upstream);
const metrics = new Metrics();
const app = await createHttpApp({
  ...config,
  metrics,
  maxBodyBytes: config.limits.bodyBytes,
  logStream: createLogStream(),
});
const apollo = new ApolloServer({
  schema: createSchema('standalone'),
  csrfPrevention: true,
  plugins: [ApolloServerPluginLandingPageDisabled(), ApolloServerPluginCacheControlDisabled()],
});
await apollo.start();
const sources = [source];
await serveGraphql(app, (scope, url) => {
  const context = async ({ record }, { raw }) => {
    const call = callFor(raw, config.requestTimeoutMs, {
      tolerated: () => undefined,
      observed: (upstreamCall) => {
        record.addUpstreamCall(upstreamCall);
        metrics.countUpstreamCall(upstreamCall);
      },
    });
    const invocations = new InvocationLoader(sources, call);
    return { call, sources, invocations, mayRead: true, isSpent: (calls) => calls >= 50 };
  };
  scope.route({ method: ['GET', 'POST'], url, handler: fastifyApolloHandler(apollo, { context }) });
});
await app.listen({ host: '127.0.0.1', port: 0 });
