import type { Socket } from 'node:net';
import fastify, { type FastifyInstance, LogController } from 'fastify';
import type { LogLevel } from '../../config/config.ts';
import { allowOrigins } from './cors.ts';
import { negotiateContent } from './content-negotiation.ts';
import { refuseMalformedHosts } from './host-check.ts';
import { sendError, UNREADABLE_REQUEST, useGraphqlErrorHandler } from '../errors/http-error.ts';
import type { Metrics } from '../observability/metrics.ts';
import { RequestRecord } from '../observability/request-record.ts';
import { GRAPHQL_PATH, isWebSocketUpgrade } from './websocket-upgrade.ts';

declare module 'fastify' {
  interface FastifyRequest {
    record: RequestRecord;
  }
}

export interface HttpAppOptions {
  /** Undefined: no page of another origin may read anything. */
  readonly corsOrigins: readonly string[] | undefined;
  readonly logLevel: LogLevel;
  readonly maxBodyBytes: number;
  readonly headersTimeoutMs: number;
  readonly metrics: Metrics;
  /** Receives the log lines. */
  readonly logStream: { write(line: string): void };
}

/** How often Node checks for connections that exceed the header or request timeout. */
const CONNECTIONS_CHECK_MS = 500;

/** Defaults for every response that sets no header of this name. Pages set their own. */
const SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Creates the HTTP server, without the GraphQL route. */
export async function createHttpApp(options: HttpAppOptions): Promise<FastifyInstance> {
  const { corsOrigins, logLevel, logStream, maxBodyBytes, headersTimeoutMs, metrics } = options;
  const app = fastify({
    bodyLimit: maxBodyBytes,
    exposeHeadRoutes: false,
    forceCloseConnections: 'idle',
    requestTimeout: 3 * headersTimeoutMs,
    // The JSON scalar rejects such keys, and no code here copies objects by their keys.
    onConstructorPoisoning: 'ignore',
    http: {
      headersTimeout: headersTimeoutMs,
      connectionsCheckingInterval: CONNECTIONS_CHECK_MS,
      shouldUpgradeCallback: isWebSocketUpgrade,
    },
    frameworkErrors: (_error, _request, reply) => void sendError(reply, 400, UNREADABLE_REQUEST),
    logController: new LogController({ disableRequestLogging: true }),
    logger: { level: logLevel, stream: logStream },
  });
  useGraphqlErrorHandler(app, maxBodyBytes);
  logRequests(app, metrics);
  refuseMalformedHosts(app);
  setSecurityHeaders(app);
  closeIdleConnections(app);
  if (corsOrigins) await allowOrigins(app, corsOrigins);
  return app;
}

/** Registers the GraphQL route in a scope, so that its checks apply to this route alone. */
export async function registerGraphqlRoute(
  app: FastifyInstance,
  handler: (scope: FastifyInstance, path: string) => void,
): Promise<void> {
  const path = GRAPHQL_PATH;
  await app.register((scope, _options, done) => {
    handler(scope, path);
    // After the handler's hooks, so that refusals here are charged to the caller.
    negotiateContent(scope);
    scope.route({
      method: ['DELETE', 'HEAD', 'PATCH', 'PUT'],
      url: path,
      handler: (_request, reply) =>
        sendError(reply.header('allow', 'GET, POST'), 405, 'Send operations with GET or POST.'),
    });
    done();
  });
}

function setSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onSend', (_request, reply, _payload, done) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
      if (!reply.hasHeader(name)) reply.header(name, value);
    }
    done();
  });
}

/**
 * Lets the server close without waiting for connections. Node does not treat a connection as idle
 * if it has a request in flight, or if it has not sent a request yet. So the first kind gets
 * `connection: close` with its response, and the second kind is closed at once.
 */
function closeIdleConnections(app: FastifyInstance): void {
  let closing = false;
  const open = new Set<Socket>();
  app.server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  app.addHook('preClose', (done) => {
    closing = true;
    for (const socket of open) if (socket.bytesRead === 0) socket.destroy();
    done();
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (closing) void reply.header('connection', 'close');
    done();
  });
}

/** nginx's status for a client that disconnected before the response. */
const CLIENT_CLOSED_REQUEST = 499;

/**
 * Logs one line for each request, including requests whose client disconnected. The line has no
 * URL, because the URL of a GET contains the document and its variables.
 */
function logRequests(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onRequest', (request, reply, done) => {
    const record = new RequestRecord();
    request.record = record;
    reply.raw.once('close', () => {
      const { method, routeOptions, log } = request;
      const route = routeOptions.url ?? '(none)';
      // A stream usually ends when its client disconnects.
      const finished = reply.raw.writableFinished || record.isStream;
      const statusCode = finished ? reply.statusCode : CLIENT_CLOSED_REQUEST;
      if (!finished) record.errorCodes = ['CLIENT_CLOSED_REQUEST'];
      const durationMs = Math.round(reply.elapsedTime * 10) / 10;
      log.info({ method, route, statusCode, durationMs, ...record.toLog() }, 'request');
      metrics.countRequest(route, statusCode);
      if (record.responseCacheResult)
        metrics.countCacheRequest('response', record.responseCacheResult);
      record.close();
      record.trace?.end(statusCode, record.errorCodes);
      if (record.cost !== undefined && !record.isStream) metrics.countOperation(record, durationMs);
    });
    done();
  });
}
