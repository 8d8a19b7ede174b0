import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance } from 'fastify';
import { BedrockSource, type BedrockSourceOptions } from '../bedrock/bedrock-source.ts';
import type { Config } from '../config/config.ts';
import type { GraphContext } from '../graphql/context.ts';
import { InvocationLoader } from '../graphql/invocation-loader.ts';
import { createSchema } from '../graphql/schema.ts';
import type { Call } from '../invocations/source.ts';
import { createApollo } from './apollo.ts';
import { serveHealth } from './health.ts';
import { createHttpApp, type HttpOptions, serveGraphql } from './http-app.ts';
import { serveLandingPage } from './landing-page.ts';
import { callFor } from './request-call.ts';

/** What a server takes from outside besides its settings. */
export interface ServerEffects {
  readonly logStream?: HttpOptions['logStream'];
  /** Static credentials instead of the SDK's default chain. */
  readonly credentials?: BedrockSourceOptions['credentials'];
}

export interface Server {
  /** Where it listens, without a path. */
  readonly url: string;
  /** Takes no new connections, finishes what is under way, and lets go of everything. Twice is harmless. */
  stop(): Promise<void>;
}

/** Puts the gateway together and listens. */
export async function startServer(config: Config, effects: ServerEffects = {}): Promise<Server> {
  const source = await BedrockSource.create({ ...config.upstream, ...effects });
  void source.isPrepared();
  const app = await createHttpApp({ ...config, ...effects });
  const apollo = createApollo({ ...config, schema: createSchema(config.graphRole), app });
  await apollo.start();

  const sources = [source];
  const contextOf = (call: Call): GraphContext => ({
    sources,
    call,
    invocations: new InvocationLoader(sources, call),
    isSpent: budgetOf(config),
  });
  if (config.landingPage) serveLandingPage(app);
  await serveGraphql(app, (scope, path) => {
    const context = (_request: unknown, { raw }: { raw: Parameters<typeof callFor>[0] }) =>
      Promise.resolve(contextOf(callFor(raw, config.requestTimeoutMs, app.log)));
    scope.route({
      method: ['GET', 'POST'],
      url: path,
      handler: fastifyApolloHandler(apollo, { context }),
    });
  });
  let stopping: Promise<void> | undefined;
  serveHealth(app, () => (stopping ? Promise.resolve(false) : source.isPrepared()));

  const url = await listen(app, config);
  return {
    url,
    stop: () =>
      (stopping ??= apollo.stop().finally(() => {
        source.destroy();
      })),
  };
}

async function listen(app: FastifyInstance, { host, port, upstream }: Config): Promise<string> {
  const url = await app.listen({
    host,
    port,
    listenTextResolver: (address) => `listening on ${address}`,
  });
  if (upstream.endpoint !== undefined) {
    app.log.info({ endpoint: upstream.endpoint }, 'Amazon Bedrock is read at a set endpoint');
  }
  return url;
}

/**
 * A page ends when it has taken its upstream calls, or half of its time: then what was found is an answer, and the rest of
 * the time a reserve for the call under way.
 */
function budgetOf({ listMaxUpstreamCalls, requestTimeoutMs }: Config): GraphContext['isSpent'] {
  const until = performance.now() + requestTimeoutMs / 2;
  return (calls) => calls >= listMaxUpstreamCalls || performance.now() >= until;
}
