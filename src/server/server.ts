import { setTimeout } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { BedrockSource, type BedrockSourceOptions } from '../bedrock/bedrock-source.ts';
import { CachedSource } from '../invocations/cache/cached-source.ts';
import type { Config } from '../config/config.ts';
import { createSchema } from '../graphql/schema.ts';
import { createApollo } from './apollo/apollo-server.ts';
import { DocumentPipeline } from './documents/document-pipeline.ts';
import { createAuthenticator } from './auth/authenticate.ts';
import { registerGraphqlScope } from './graphql-route.ts';
import { serveHealth } from './http/health.ts';
import { isLoopback, isUnauthenticated } from './http/host-check.ts';
import { createHttpApp, GRAPHQL_PATH, type HttpAppOptions } from './http/app.ts';
import { createLogStream, type LogStream } from './observability/log-stream.ts';
import { Metrics } from './observability/metrics.ts';
import { type PageName, servePages } from './http/static-pages.ts';
import { createRateLimiter, type RateLimiter } from './limits/rate-limiter.ts';
import { ResponseCache } from './caching/response-cache.ts';
import { createFeeds } from './subscriptions/create-feeds.ts';
import { SubscriptionManager } from './subscriptions/subscription-manager.ts';
import { checkOrigin } from './subscriptions/origin-check.ts';
import { serveWebSocket } from './subscriptions/websocket.ts';

/** The build output of `web/`. The path is the same from `src/server/` and from the bundle's `dist/chunks/`. */
const WEB_FOLDER = new URL('../../dist/web/', import.meta.url);

/** What a server takes from outside besides its settings. */
export interface ServerDependencies {
  /** Standard output when absent. */
  readonly logStream?: HttpAppOptions['logStream'];
  /** Static credentials instead of the SDK's default chain. */
  readonly credentials?: BedrockSourceOptions['credentials'];
}

export interface Server {
  /** Where it listens, without a path. */
  readonly url: string;
  readonly log: FastifyInstance['log'];
  /**
   * Says that it is not ready, waits for the grace, takes no new connections, finishes what is under way, and lets go of
   * everything. Twice is harmless.
   */
  stop(graceMs?: number): Promise<void>;
}

/** Puts the gateway together and listens. */
export async function startServer(
  config: Config,
  effects: ServerDependencies = {},
): Promise<Server> {
  const startTimeoutMs = config.requestTimeoutMs;
  const source = await BedrockSource.create({ ...config.upstream, startTimeoutMs, ...effects });
  const authenticator = createAuthenticator(config.auth);
  void Promise.all([source.isReady(), authenticator.isReady()]);
  const metrics = new Metrics();
  metrics.gauge(
    'bedrock_circuit_breaker_open',
    '1 while the latest calls have failed and no more are made.',
    { region: source.region },
    () => Number(source.isCircuitOpen),
  );
  const logStream: Partial<LogStream> & HttpAppOptions['logStream'] =
    effects.logStream ?? watchedLogStream(metrics);
  const { bodyBytes: maxBodyBytes } = config.limits;
  const app = await createHttpApp({ ...config, logStream, maxBodyBytes, metrics });
  const rateLimiter = createRateLimiter(config.limits.costPerMinute);
  const schema = createSchema(config.graphRole, { start: config.start !== undefined });
  const pipeline = new DocumentPipeline({ ...config, schema });
  const apollo = createApollo({ ...config, schema, rateLimiter, pipeline, app });
  await apollo.start();
  await servePages(app, pagesOf(config), WEB_FOLDER);
  const { cache } = config;
  // Pages, jobs and whole answers share the memory.
  const maxBytes = cache.maxBytes / 3;
  const cached = cache.ttlMs > 0 ? new CachedSource(source, { ...cache, maxBytes }) : undefined;
  const sources = [cached ?? source];
  const answers = sharedAnswers(config, rateLimiter);
  const outdate = () => {
    cached?.invalidatePages();
    answers?.invalidate();
  };
  const feeds = createFeeds(sources, { config, metrics, log: app.log, outdate });
  const subscriptions = new SubscriptionManager({
    ...config,
    pipeline,
    rateLimiter,
    feeds,
    metrics,
    log: app.log,
  });
  const serving = {
    apollo,
    pipeline,
    authenticator,
    rateLimiter,
    responseCache: answers,
    sources,
    metrics,
    subscriptions,
  };
  const onStart = () => {
    outdate();
    for (const feed of feeds) feed.refreshSoon();
  };
  await registerGraphqlScope(app, { config, ...serving, starter: source, onStart });
  serveWebSocket(app, {
    path: GRAPHQL_PATH,
    subscriptions,
    authenticator,
    maxMessageBytes: maxBodyBytes,
    maxSockets: config.limits.subscriptions,
    refusalOf: ({ headers }) => checkOrigin(headers, config),
  });
  if (config.metrics) serveMetrics(app, metrics);

  let stopping: Promise<void> | undefined;
  serveHealth(app, async () => {
    if (stopping) return false;
    const prepared = await Promise.all([source.isReady(), authenticator.isReady()]);
    return prepared.every(Boolean);
  });

  const url = await listen(app, config);
  const stop = async (graceMs: number) => {
    if (graceMs > 0) await setTimeout(graceMs);
    await apollo.stop().finally(async () => {
      await source.whenStartsIdle();
      source.destroy();
      await logStream.close?.();
    });
  };
  return { url, log: app.log, stop: (graceMs = 0) => (stopping ??= stop(graceMs)) };
}

/** Whoever is told what it took upstream has to be answered by itself. */
function sharedAnswers(
  { cache, limits, reportUpstream }: Config,
  rateLimiter: RateLimiter,
): ResponseCache | undefined {
  const mayShare = cache.ttlMs > 0 && !reportUpstream;
  return mayShare ? new ResponseCache(cache, limits, rateLimiter) : undefined;
}

function pagesOf({ dashboard, explorer }: Config): ReadonlySet<PageName> {
  const served: Readonly<Record<PageName, boolean>> = { dashboard, explorer };
  const names = Object.keys(served) as PageName[];
  return new Set(names.filter((name) => served[name]));
}

function watchedLogStream(metrics: Metrics): LogStream {
  const stream = createLogStream();
  metrics.gauge('log_lines_dropped', 'Lines lost to a reader that is slow or gone.', {}, () =>
    stream.dropped(),
  );
  return stream;
}

function serveMetrics(app: FastifyInstance, { registry }: Metrics): void {
  app.get('/metrics', async (_request, reply) =>
    reply.header('content-type', registry.contentType).send(await registry.metrics()),
  );
}

async function listen(app: FastifyInstance, config: Config): Promise<string> {
  const { host, port, upstream, auth } = config;
  const url = await app.listen({
    host,
    port,
    listenTextResolver: (address) => `listening on ${address}`,
  });
  if (upstream.endpoint !== undefined) {
    app.log.info({ endpoint: upstream.endpoint }, 'Amazon Bedrock is read at a set endpoint');
  }
  if (isUnauthenticated(auth)) {
    const what = config.start ? 'see all invocations, and start new ones' : 'see all invocations';
    const message = `NOBODY IS ASKED WHO THEY ARE: whoever can reach this address may ${what}`;
    app.log[isLoopback(host) ? 'info' : 'warn']({ host }, message);
  }
  return url;
}
