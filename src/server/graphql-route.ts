import type { ApolloServer } from '@apollo/server';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { createApolloHandler } from './apollo/apollo-handler.ts';
import type { ServerContext } from './apollo/server-context.ts';
import { type Authenticator, unauthenticated } from './auth/authenticate.ts';
import { createNoCachePolicy, setCacheHeaders } from './caching/cache-headers.ts';
import type { ResponseCache } from './caching/response-cache.ts';
import type { DocumentPipeline } from './documents/document-pipeline.ts';
import { prepareOperations } from './documents/prepare-operation-hook.ts';
import { HttpError } from './errors/http-error.ts';
import { registerGraphqlRoute } from './http/app.ts';
import { enforceLoopbackHost } from './http/host-check.ts';
import { mentionsFederationField, ROUTER_ONLY } from './limits/federation-fields.ts';
import { shedLoad } from './limits/load-shedding.ts';
import { enforceRateLimit } from './limits/rate-limit-hook.ts';
import type { RateLimiter } from './limits/rate-limiter.ts';
import { RequestTrace } from './observability/request-span.ts';
import { createRequestContext, type RequestContextOptions } from './request-context.ts';
import { serveEvents } from './subscriptions/sse.ts';
import type { SubscriptionManager } from './subscriptions/subscription-manager.ts';

export interface GraphqlRouteOptions extends RequestContextOptions {
  readonly apollo: ApolloServer<ServerContext>;
  readonly pipeline: DocumentPipeline;
  readonly authenticator: Authenticator;
  readonly rateLimiter: RateLimiter;
  /** Undefined if responses are not cached. */
  readonly responseCache: ResponseCache | undefined;
  readonly subscriptions: SubscriptionManager;
}

/**
 * Registers `/graphql`. The hooks run in this order, before Apollo Server executes the operation.
 */
export async function registerGraphqlScope(
  app: FastifyInstance,
  options: GraphqlRouteOptions,
): Promise<void> {
  const { config, authenticator, rateLimiter, pipeline, subscriptions } = options;
  await registerGraphqlRoute(app, (scope, path) => {
    startTraces(scope);
    enforceLoopbackHost(scope, config);
    limitLoad(scope, options);
    authenticateRequests(scope, authenticator);
    enforceRateLimit(scope, rateLimiter, config.limits.costPerMinute);
    serveEvents(scope, subscriptions, config);
    options.responseCache?.register(scope);
    prepareOperations(scope, pipeline);
    setCacheHeaders(scope, config.cache);
    scope.route({ method: ['GET', 'POST'], url: path, handler: createHandler(options) });
  });
}

function createHandler(options: GraphqlRouteOptions) {
  const allowsNoCache = createNoCachePolicy(options.config.cache);
  return createApolloHandler(options.apollo, async (request, reply) => {
    const { headers, record } = request;
    const bypassCache = await allowsNoCache(headers, record.caller?.identity ?? '');
    return createRequestContext(request, reply, bypassCache, options);
  });
}

function startTraces(scope: FastifyInstance): void {
  scope.addHook('onRequest', (request, _reply, done) => {
    request.record.trace = new RequestTrace(request.method, request.headers);
    done();
  });
}

function limitLoad(scope: FastifyInstance, { config, metrics }: GraphqlRouteOptions): void {
  const longestMs = config.requestTimeoutMs + 4 * config.headersTimeoutMs;
  const inFlight = shedLoad(scope, { ...config.limits, longestMs });
  metrics.gauge('http_requests_in_flight', 'GraphQL requests in flight.', {}, inFlight);
}

/**
 * Authenticates requests before their bodies are read. A request without the router secret is
 * refused later, because the refusal depends on the document.
 */
function authenticateRequests(scope: FastifyInstance, authenticator: Authenticator): void {
  scope.addHook('onRequest', async (request) => {
    const authenticated = await authenticator.authenticate(request);
    if (authenticated.kind === 'caller') request.record.caller = authenticated.caller;
  });
  scope.addHook('preHandler', (request, _reply, done) => {
    done(request.record.caller ? undefined : refusalOfNonRouter(request));
  });
}

/**
 * Without the router secret, the federation fields are forbidden, and the rest is unauthenticated.
 */
function refusalOfNonRouter({ query, body }: FastifyRequest): HttpError {
  const texts = [query, body].map(documentOf);
  if (texts.some((text) => text !== undefined && mentionsFederationField(text))) {
    return new HttpError(403, ROUTER_ONLY, { code: 'FORBIDDEN' });
  }
  return unauthenticated(
    'Only the router may query this subgraph. Send the header `Router-Authorization`.',
    'Router',
  );
}

function documentOf(source: unknown): string | undefined {
  if (typeof source !== 'object' || source === null || !('query' in source)) return undefined;
  return typeof source.query === 'string' ? source.query : undefined;
}
