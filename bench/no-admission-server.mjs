// The gateway without admission: no authentication, and no limits on documents, cost or rate.
import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import { BedrockSource } from '../dist/bedrock/bedrock-source.js';
import { SERVE_DEFAULTS } from '../dist/config/mode-defaults.js';
import { readConfig } from '../dist/config/read-config.js';
import { createExecutor } from '../dist/executor/executor.js';
import { serialize } from '../dist/executor/serialized-data.js';
import { InvocationLoader } from '../dist/graphql/invocation-loader.js';
import { createSchema } from '../dist/graphql/schema.js';
import { responsePlugin } from '../dist/server/apollo/response-plugin.js';
import { createHttpApp, registerGraphqlRoute } from '../dist/server/http/app.js';
import { createLogStream } from '../dist/server/observability/log-stream.js';
import { Metrics } from '../dist/server/observability/metrics.js';
import { RequestTrace } from '../dist/server/observability/request-span.js';
import { createCallContext } from '../dist/server/request-deadline.js';

const COST = 101;

const config = readConfig(process.env, SERVE_DEFAULTS);
const source = await BedrockSource.create(config.upstream);
const metrics = new Metrics();
const app = await createHttpApp({
  ...config,
  metrics,
  maxBodyBytes: config.limits.bodyBytes,
  logStream: createLogStream(),
});
const schema = createSchema('standalone');
const execute = createExecutor(schema);
/** Apollo Server parses and validates here, because there is no document pipeline. */
const gateway = {
  onSchemaLoadOrUpdate: (callback) => {
    callback({ apiSchema: schema, coreSupergraphSdl: '' });
    return () => undefined;
  },
  load: async () => ({
    executor: ({ document, operation, request, context }) => {
      const { operationName, variables = {} } = request;
      return execute({ document, operation, operationName, variables, context });
    },
  }),
  stop: async () => undefined,
};
const apollo = new ApolloServer({
  gateway,
  stringifyResult: serialize,
  csrfPrevention: true,
  plugins: [
    ApolloServerPluginLandingPageDisabled(),
    ApolloServerPluginCacheControlDisabled(),
    responsePlugin(app.log),
  ],
});
await apollo.start();
const sources = [source];
await registerGraphqlRoute(app, (scope, url) => {
  const context = async ({ record, method, headers }, { raw }) => {
    // Metrics and traces are not part of admission, so this server has them too.
    record.cost = COST;
    record.operationName = 'Page';
    record.trace = new RequestTrace(method, headers);
    record.trace.startOperation('query', 'Page', COST);
    const callContext = createCallContext(raw, config.requestTimeoutMs, {
      bypassCache: true,
      onRead: () => undefined,
      onRecoveredError: () => undefined,
      onUpstreamCall: (upstreamCall) => {
        record.addUpstreamCall(upstreamCall);
        metrics.countUpstreamCall(upstreamCall);
      },
    });
    const invocations = new InvocationLoader(sources, callContext);
    const isExhausted = (calls) => calls >= 50;
    return { callContext, record, sources, invocations, canRead: true, isExhausted };
  };
  scope.route({ method: ['GET', 'POST'], url, handler: fastifyApolloHandler(apollo, { context }) });
});
await app.listen({ host: '127.0.0.1', port: 0 });
