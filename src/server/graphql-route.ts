import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config/config.ts';
import { InvocationLoader } from '../graphql/invocation-loader.ts';
import type { InvocationSource, UpstreamCall } from '../invocations/source.ts';
import type { InvocationStarter } from '../invocations/starter.ts';
import { type Authenticator, unauthenticated } from './auth/authenticate.ts';
import { assertAuthenticated, type Caller } from './auth/caller.ts';
import { createNoCachePolicy, setCacheHeaders } from './caching/cache-headers.ts';
import type { ResponseCache } from './caching/response-cache.ts';
import { enforceDocumentLimits } from './limits/document-limits-hook.ts';
import { registerGraphqlRoute } from './http/app.ts';
import { HttpError } from './errors/http-error.ts';
import { shedLoad } from './limits/load-shedding.ts';
import { enforceLoopbackHost } from './http/host-check.ts';
import type { Metrics } from './observability/metrics.ts';
import type { RateLimiter } from './limits/rate-limiter.ts';
import { createCallContext, resolveTimeout } from './request-deadline.ts';
import { RequestTrace } from './observability/request-span.ts';
import type { ServerContext } from './apollo/server-context.ts';
import { serveEvents } from './subscriptions/sse.ts';
import type { SubscriptionManager } from './subscriptions/subscription-manager.ts';

export interface GraphqlRouteOptions {
  readonly config: Config;
  readonly apollo: ApolloServer<ServerContext>;
  readonly authenticator: Authenticator;
  readonly rateLimiter: RateLimiter;
  /** Undefined when responses are not cached. */
  readonly responseCache: ResponseCache | undefined;
  readonly sources: readonly InvocationSource[];
  readonly starter: InvocationStarter;
  /** Is told that something was started, or may have been. */
  readonly onStart: () => void;
  readonly metrics: Metrics;
  readonly subscriptions: SubscriptionManager;
}

/** `/graphql`: who asks, whether there is room, and what the resolvers are given. */
export async function registerGraphqlScope(
  app: FastifyInstance,
  parts: GraphqlRouteOptions,
): Promise<void> {
  const { config, apollo, authenticator, rateLimiter, metrics } = parts;
  await registerGraphqlRoute(app, (scope, path) => {
    scope.addHook('onRequest', (request, _reply, done) => {
      request.record.trace = new RequestTrace(request.method, request.headers);
      done();
    });
    enforceLoopbackHost(scope, config);
    const longestMs = config.requestTimeoutMs + 4 * config.headersTimeoutMs;
    const inFlight = shedLoad(scope, { ...config.limits, longestMs });
    metrics.gauge('http_requests_in_flight', 'Requests to the graph under way.', {}, inFlight);
    authenticateRequests(scope, authenticator);
    enforceDocumentLimits(scope, config.limits, rateLimiter);
    serveEvents(scope, parts.subscriptions, config);
    parts.responseCache?.register(scope);
    setCacheHeaders(scope, config.cache);
    const mayBeFresh = createNoCachePolicy(config.cache);
    scope.route({
      method: ['GET', 'POST'],
      url: path,
      handler: fastifyApolloHandler(apollo, {
        context: async (request, reply) => {
          const { headers, record } = request;
          const fresh = await mayBeFresh(headers, record.caller?.identity ?? '');
          return contextOf(request, reply, fresh, parts);
        },
      }),
    });
  });
}

/** What is open to nobody is refused before its body is read; a body may be needed to say how. */
function authenticateRequests(scope: FastifyInstance, authenticator: Authenticator): void {
  scope.addHook('onRequest', async (request) => {
    const authenticated = await authenticator.authenticate(request);
    if (authenticated.kind === 'caller') request.record.caller = authenticated.caller;
  });
  scope.addHook('preHandler', (request, _reply, done) => {
    done(request.record.caller ? undefined : refusalOfNonRouter(request));
  });
}

const FOR_ROUTERS = /\b_(?:entities|service)\b/;

/** Asking for what only routers may have is forbidden; asking for anything else, without saying who asks, is not enough. */
function refusalOfNonRouter({ query, body }: FastifyRequest): HttpError {
  const documents = [query, body].map(
    (from) => (from as { query?: unknown } | null | undefined)?.query,
  );
  if (documents.some((text) => typeof text === 'string' && FOR_ROUTERS.test(text))) {
    return new HttpError(403, 'Only the router may ask for this.', { code: 'FORBIDDEN' });
  }
  return unauthenticated('Only the router may ask this subgraph.', 'Router');
}

function contextOf(
  { headers, record, log }: FastifyRequest,
  { raw, elapsedTime }: FastifyReply,
  bypassCache: boolean,
  { config, sources, starter, onStart, metrics }: GraphqlRouteOptions,
): ServerContext {
  const caller = assertAuthenticated(record);
  // What was spent on reading the request and on who sent it is gone.
  const givenMs = resolveTimeout(headers['x-request-timeout-ms'], config.requestTimeoutMs);
  const timeoutMs = Math.max(1, givenMs - elapsedTime);
  const callContext = createCallContext(raw, timeoutMs, {
    bypassCache,
    onRecoveredError: (fault) => {
      log.warn({ err: fault, kind: fault.kind }, 'upstream error, served stale data');
    },
    onUpstreamCall: (upstreamCall) => {
      record.addUpstreamCall(upstreamCall);
      metrics.countUpstreamCall(upstreamCall);
      if (upstreamCall.operation === 'StartAsyncInvoke') {
        onStart();
        logStart(log, caller, upstreamCall);
      }
    },
    onRead: (event) => {
      record.upstreamStats.recordRead(event);
      metrics.countUpstreamRead(event);
    },
  });
  return {
    caller,
    record,
    callContext,
    sources,
    canRead: caller.canRead,
    start: startingOf(caller, starter, config.start),
    invocations: new InvocationLoader(sources, callContext),
    isExhausted: budgetOf(config.listMaxUpstreamCalls, timeoutMs),
  };
}

function startingOf(
  { canStart, idempotencyScope }: Caller,
  starter: InvocationStarter,
  allowList: Config['start'],
): ServerContext['start'] {
  return canStart && allowList ? { starter, allowList, idempotencyScope } : undefined;
}

/** A line for each, also where its caller has gone before the answer: AWS knows this gateway alone, and not who asked it. */
function logStart(
  log: FastifyRequest['log'],
  { identity }: Caller,
  { region, outcome, attempts, requestId, startedArn }: UpstreamCall,
): void {
  const about = { identity, region, outcome, attempts, awsRequestId: requestId };
  log.info({ ...about, invocationArn: startedArn }, 'invocation started');
}

/**
 * A page ends when it has taken its upstream calls, or half of its time: then what was found is an answer, and the rest of
 * the time a reserve for the call under way.
 */
function budgetOf(maxCalls: number, timeoutMs: number): ServerContext['isExhausted'] {
  const until = performance.now() + timeoutMs / 2;
  return (calls) => calls >= maxCalls || performance.now() >= until;
}
