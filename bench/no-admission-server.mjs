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
import { createExecutor } from '../dist/graphql/execution/executor.js';
import { serialize } from '../dist/graphql/execution/json-data.js';
import { InvocationLoader } from '../dist/graphql/invocation-loader.js';
import { createSchema } from '../dist/graphql/schema.js';
import { executedBy } from '../dist/server/apollo.js';
import { createHttpApp, serveGraphql } from '../dist/server/http-app.js';
import { createLogStream } from '../dist/server/log-stream.js';
import { Metrics } from '../dist/server/metrics.js';
import { callFor } from '../dist/server/request-call.js';
import { RequestTrace } from '../dist/server/request-trace.js';
import {
  logFaults,
  recordCodes,
  sayWhenToRetry,
  tellFewErrors,
} from '../dist/server/response-plugins.js';

const config = readConfig(process.env, SERVE);
const source = await BedrockSource.create(config.upstream);
const metrics = new Metrics();
const app = await createHttpApp({
  ...config,
  metrics,
  maxBodyBytes: config.limits.bodyBytes,
  logStream: createLogStream(),
});
const schema = createSchema('standalone');
const apollo = new ApolloServer({
  gateway: executedBy(createExecutor(schema), schema),
  stringifyResult: serialize,
  csrfPrevention: true,
  plugins: [
    ApolloServerPluginLandingPageDisabled(),
    ApolloServerPluginCacheControlDisabled(),
    logFaults(app.log),
    sayWhenToRetry,
    tellFewErrors,
    recordCodes,
  ],
});
await apollo.start();
const sources = [source];
await serveGraphql(app, (scope, url) => {
  const context = async ({ record, method, headers }, { raw }) => {
    // Metrics and traces are not the guard's.
    record.cost = 101;
    record.operationName = 'Page';
    record.trace = new RequestTrace(method, headers);
    record.trace.startOperation('query', 'Page', 101);
    const call = callFor(raw, config.requestTimeoutMs, {
      fresh: true,
      served: () => undefined,
      tolerated: () => undefined,
      observed: (upstreamCall) => {
        record.addUpstreamCall(upstreamCall);
        metrics.countUpstreamCall(upstreamCall);
      },
    });
    const invocations = new InvocationLoader(sources, call);
    return { call, record, sources, invocations, mayRead: true, isSpent: (calls) => calls >= 50 };
  };
  scope.route({ method: ['GET', 'POST'], url, handler: fastifyApolloHandler(apollo, { context }) });
});
await app.listen({ host: '127.0.0.1', port: 0 });
