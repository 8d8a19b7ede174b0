import { setTimeout } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { BedrockSource, type BedrockSourceOptions } from '../bedrock/bedrock-source.ts';
import type { Config } from '../config/config.ts';
import { isLoopback } from '../config/loopback.ts';
import { FairTurns } from '../concurrency/fair-turns.ts';
import { Shares } from '../concurrency/shares.ts';
import { createSchema } from '../graphql/schema.ts';
import { StartLimits } from '../graphql/start/start-limits.ts';
import { CachedSource } from '../invocations/cache/cached-source.ts';
import { createApollo } from './apollo/apollo-server.ts';
import { type Authenticator, createAuthenticator } from './auth/authenticate.ts';
import { ResponseCache } from './caching/response-cache.ts';
import { DocumentPipeline } from './documents/document-pipeline.ts';
import { DocumentQueue } from './documents/document-queue.ts';
import { loadTrustedDocuments } from './documents/load-trusted-documents.ts';
import { registerGraphqlScope } from './graphql-route.ts';
import { createHttpApp, type HttpAppOptions } from './http/app.ts';
import { checkHostSyntax, isUnauthenticated } from './http/host-check.ts';
import { checkProbeHost, serveManagement } from './http/management.ts';
import { type PageName, servePages } from './http/static-pages.ts';
import { limitConnections } from './limits/limit-connections.ts';
import { createRateLimiter, type RateLimiter } from './limits/rate-limiter.ts';
import { createLogStream, type LogStream } from './observability/log-stream.ts';
import { Metrics } from './observability/metrics.ts';
import { createFeeds } from './subscriptions/create-feeds.ts';
import { checkOrigin } from './subscriptions/origin-check.ts';
import { SubscriptionManager } from './subscriptions/subscription-manager.ts';
import { serveWebSocket } from './subscriptions/websocket.ts';

/** The build output of `web/`. The path is the same from `src/server/` and `dist/chunks/`. */
const WEB_FOLDER = new URL('../../dist/web/', import.meta.url);

/** Replaceable effects of a server. */
export interface ServerDependencies {
  /** Defaults to stdout. */
  readonly logStream?: HttpAppOptions['logStream'];
  /** Static credentials instead of the SDK's default chain. */
  readonly credentials?: BedrockSourceOptions['credentials'];
}

export interface Server {
  /** The origin that it listens on, without a path. */
  readonly url: string;
  /** The origin of the health checks and metrics. Equals `url` without MANAGEMENT_PORT. */
  readonly managementUrl: string;
  readonly log: FastifyInstance['log'];
  /**
   * Fails readiness, waits for the grace period, stops accepting connections, drains requests, and
   * releases all resources. Idempotent.
   */
  stop(graceMs?: number): Promise<void>;
}

/** Creates all parts of the gateway, connects them, and listens. */
export async function startServer(
  config: Config,
  dependencies: ServerDependencies = {},
): Promise<Server> {
  const { limits } = config;
  const schema = createSchema(config.graphRole, { start: config.start !== undefined });
  const trusted = loadTrustedDocuments({ ...config, schema }, WEB_FOLDER);
  const metrics = new Metrics();
  const source = await createSource(config, metrics, dependencies);
  const authenticator = createAuthenticator(config.auth);
  const isReady = createReadiness(source, authenticator);
  const { app, logStream } = await createApp(config, metrics, dependencies);
  const { log } = app;
  const rateLimiter = createRateLimiter(limits.costPerMinute);
  const documents = createDocuments(
    new DocumentPipeline({ ...config, schema, trusted }),
    rateLimiter,
  );
  const shared = { ...config, schema, ...documents, rateLimiter, metrics, log };
  const apollo = createApollo({ ...shared, reportUpstream: config.exposeUpstreamStats, app });
  await apollo.start();
  await servePages(app, enabledPages(config), WEB_FOLDER);

  const { cachedSource, responseCache, invalidate } = createCaches(config, source, rateLimiter);
  const sources = [cachedSource ?? source];
  const feeds = createFeeds(sources, { config, metrics, log, outdate: invalidate });
  const subscriptions = new SubscriptionManager({ ...shared, feeds });
  const onStart = () => {
    invalidate();
    for (const feed of feeds) feed.refreshSoon();
  };
  const unsentBytes = new Shares(limits.unsentBytesPerCaller);
  const route = { ...shared, config, apollo, authenticator, subscriptions };
  const startLimits = new StartLimits(config.start ?? {});
  const starts = { starter: source, startLimits, onStart };
  await registerGraphqlScope(app, { ...route, ...starts, unsentBytes, responseCache, sources });
  serveWebSocket(app, {
    ...route,
    limits,
    unsentBytes,
    refusalOf: (request) => checkHostSyntax(request) ?? checkOrigin(request.headers, config),
  });
  let stopping: Promise<void> | undefined;
  const management = await createManagement(config, {
    ...{ app, metrics, logStream },
    isReady: async () => stopping === undefined && (await isReady()),
  });
  const managementUrl = await management?.listen();
  const url = await listen(app, config);
  const stop = async (graceMs: number) => {
    if (graceMs > 0) await setTimeout(graceMs);
    await apollo.stop().finally(() => release(source, management, logStream));
  };
  return {
    url,
    managementUrl: managementUrl ?? url,
    log,
    stop: (graceMs = 0) => (stopping ??= stop(graceMs)),
  };
}

function createDocuments(pipeline: DocumentPipeline, rateLimiter: RateLimiter) {
  const turns = new FairTurns();
  return { pipeline, turns, documents: new DocumentQueue({ pipeline, turns, rateLimiter }) };
}

async function release(
  source: BedrockSource,
  management: { readonly close: () => Promise<void> } | undefined,
  logStream: Partial<LogStream>,
): Promise<void> {
  await source.whenStartsIdle();
  source.destroy();
  await management?.close();
  await logStream.close?.();
}

async function createApp(config: Config, metrics: Metrics, dependencies: ServerDependencies) {
  const logStream: Partial<LogStream> & HttpAppOptions['logStream'] =
    dependencies.logStream ?? stdoutLogStream(metrics);
  const maxBodyBytes = config.limits.bodyBytes;
  const app = await createHttpApp({ ...config, logStream, maxBodyBytes, metrics });
  limitConnections(app, config.limits.connectionsPerAddress);
  return { app, logStream };
}

async function createSource(
  { upstream, requestTimeoutMs }: Config,
  metrics: Metrics,
  { credentials }: ServerDependencies,
): Promise<BedrockSource> {
  const { circuitBreaker, maxQueue, ...options } = upstream;
  const source = await BedrockSource.create({
    ...options,
    queue: maxQueue,
    breaker: { samples: circuitBreaker.size, resetMs: circuitBreaker.halfOpenAfterMs },
    startTimeoutMs: requestTimeoutMs,
    credentials,
    onRefusedCall: (kind) => {
      metrics.countRefusedCall(kind);
    },
  });
  metrics.gauge(
    'bedrock_circuit_breaker_open',
    '1 while the circuit breaker rejects calls because the latest ones failed.',
    { region: source.region },
    () => Number(source.isCircuitOpen),
  );
  metrics.gauge(
    'bedrock_queue_length',
    'Calls that wait for UPSTREAM_CONCURRENCY or for a rate of calls.',
    { region: source.region },
    () => source.queueLength,
  );
  return source;
}

function createReadiness(source: BedrockSource, authenticator: Authenticator) {
  const isReady = async (): Promise<boolean> => {
    const ready = await Promise.all([source.isReady(), authenticator.isReady()]);
    return ready.every(Boolean);
  };
  void isReady();
  return isReady;
}

/** Creates the caches, and a function that invalidates them after a start or a change. */
function createCaches(config: Config, source: BedrockSource, rateLimiter: RateLimiter) {
  const { ttlMs, staleMs, maxBytes: totalBytes } = config.cache;
  const isEnabled = ttlMs > 0;
  // Pages, invocations and whole responses share the memory.
  const maxBytes = totalBytes / 3;
  const cachedSource = isEnabled
    ? new CachedSource(source, { ttlMs, staleMs, maxBytes })
    : undefined;
  // Responses with upstream statistics cannot be shared.
  const responseCache =
    isEnabled && !config.exposeUpstreamStats
      ? new ResponseCache({ ttlMs, maxBytes }, config.limits, rateLimiter)
      : undefined;
  const invalidate = () => {
    cachedSource?.invalidate();
    responseCache?.invalidate();
  };
  return { cachedSource, responseCache, invalidate };
}

function enabledPages({ dashboard, explorer }: Config): ReadonlySet<PageName> {
  const isEnabled: Readonly<Record<PageName, boolean>> = { dashboard, explorer };
  const names = Object.keys(isEnabled) as PageName[];
  return new Set(names.filter((name) => isEnabled[name]));
}

function stdoutLogStream(metrics: Metrics): LogStream {
  const stream = createLogStream();
  metrics.counterOf(
    'log_lines_dropped_total',
    'Log lines dropped because stdout was blocked or closed.',
    () => stream.droppedLines(),
  );
  return stream;
}

interface ManagementParts extends Pick<HttpAppOptions, 'metrics' | 'logStream'> {
  /** The public server. */
  readonly app: FastifyInstance;
  readonly isReady: () => Promise<boolean>;
}

/** Serves the health checks and metrics. Returns their server if they have their own port. */
async function createManagement(
  config: Config,
  { app, isReady, metrics, logStream }: ManagementParts,
) {
  const { host, managementPort: port } = config;
  const routes = { isReady, metrics: config.metrics ? metrics : undefined };
  if (port === undefined) {
    const checkHost = (name: string) => checkProbeHost(name, host);
    await serveManagement(app, { ...routes, checkHost });
    return undefined;
  }
  const own = await createHttpApp({
    ...{ ...config, corsOrigins: undefined, metrics, logStream },
    maxBodyBytes: MAX_MANAGEMENT_BODY_BYTES,
  });
  limitConnections(own, config.limits.connectionsPerAddress);
  await serveManagement(own, { ...routes, checkHost: () => undefined });
  return {
    listen: () =>
      own.listen({
        ...{ host, port },
        listenTextResolver: (address) => `health checks and metrics on ${address}`,
      }),
    close: () => own.close(),
  };
}

/** Requests for health checks and metrics have no body. */
const MAX_MANAGEMENT_BODY_BYTES = 1024;

async function listen(app: FastifyInstance, config: Config): Promise<string> {
  const { host, port, upstream, auth } = config;
  const url = await app.listen({
    host,
    port,
    listenTextResolver: (address) => `listening on ${address}`,
  });
  if (upstream.endpoint !== undefined) logEndpoint(app, upstream.endpoint);
  if (isUnauthenticated(auth)) {
    const rights = config.start
      ? 'read all invocations and start new ones'
      : 'read all invocations';
    const message = `authentication is disabled: anyone who can reach this address may ${rights}`;
    app.log[isLoopback(host) ? 'info' : 'warn']({ host }, message);
  }
  return url;
}

function logEndpoint({ log }: FastifyInstance, endpoint: string): void {
  const { protocol, hostname } = new URL(endpoint);
  if (protocol === 'https:' || isLoopback(hostname)) {
    log.info({ endpoint }, 'using custom Bedrock endpoint');
  } else {
    const message =
      'AWS_ENDPOINT_URL_BEDROCK_RUNTIME has no TLS: others on the network may read and change the ' +
      'calls to Amazon Bedrock; use https';
    log.warn({ endpoint }, message);
  }
}
