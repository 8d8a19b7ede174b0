import type { ApolloServer } from '@apollo/server';
import type { FastifyInstance } from 'fastify';
import type { FairTurns } from '../concurrency/fair-turns.ts';
import type { Shares } from '../concurrency/shares.ts';
import { createApolloHandler } from './apollo/apollo-handler.ts';
import type { ServerContext } from './apollo/server-context.ts';
import type { Authenticator } from './auth/authenticate.ts';
import { createNoCachePolicy, setCacheHeaders } from './caching/cache-headers.ts';
import type { ResponseCache } from './caching/response-cache.ts';
import type { DocumentPipeline } from './documents/document-pipeline.ts';
import type { DocumentQueue } from './documents/document-queue.ts';
import { prepareOperations } from './documents/prepare-operation-hook.ts';
import { registerGraphqlRoute } from './http/app.ts';
import { parseJsonBodies } from './http/json-body.ts';
import { enforceLoopbackHost } from './http/host-check.ts';
import { admitRequests } from './limits/admit-requests.ts';
import { watchEventLoop } from './limits/event-loop-delay.ts';
import { limitBytes } from './limits/limit-bytes.ts';
import type { RateLimiter } from './limits/rate-limiter.ts';
import { RequestSlots } from './limits/request-slots.ts';
import { RequestTrace } from './observability/request-span.ts';
import { createRequestContext, type RequestContextOptions } from './request-context.ts';
import { serveEvents } from './subscriptions/sse.ts';
import type { SubscriptionManager } from './subscriptions/subscription-manager.ts';

export interface GraphqlRouteOptions extends RequestContextOptions {
  readonly apollo: ApolloServer<ServerContext>;
  readonly pipeline: DocumentPipeline;
  readonly documents: DocumentQueue;
  readonly turns: FairTurns;
  readonly authenticator: Authenticator;
  readonly rateLimiter: RateLimiter;
  /** Undefined if responses are not cached. */
  readonly responseCache: ResponseCache | undefined;
  readonly subscriptions: SubscriptionManager;
  /** The bytes that each caller has not read yet. */
  readonly unsentBytes: Shares;
}

/**
 * Registers `/graphql`. The hooks run in this order, before Apollo Server executes the operation.
 */
export async function registerGraphqlScope(
  app: FastifyInstance,
  options: GraphqlRouteOptions,
): Promise<void> {
  const { config, pipeline, documents, turns, subscriptions } = options;
  await registerGraphqlRoute(app, (scope, path) => {
    startTraces(scope);
    enforceLoopbackHost(scope, config);
    limitCallers(scope, options);
    parseJsonBodies(scope, turns);
    serveEvents(scope, subscriptions, config);
    options.responseCache?.register(scope, (body) => pipeline.mightMutate(body));
    prepareOperations(scope, documents);
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

function limitCallers(scope: FastifyInstance, options: GraphqlRouteOptions): void {
  const { config, metrics, unsentBytes } = options;
  const { limits } = config;
  const delayMs = limits.eventLoopDelayMs > 0 ? watchEventLoop(scope) : () => 0;
  const slots = new RequestSlots(limits, delayMs);
  metrics.gauge('http_requests_in_flight', 'GraphQL requests in flight.', {}, () => slots.inFlight);
  const longestMs = config.requestTimeoutMs + 4 * config.headersTimeoutMs;
  admitRequests(scope, { ...options, slots, limits, longestMs });
  limitBytes(scope, limits, unsentBytes);
}
