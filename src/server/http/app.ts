import type { Socket } from 'node:net';
import fastify, { type FastifyInstance, LogController } from 'fastify';
import type { LogLevel } from '../../config/config.ts';
import { allowOrigins } from './cors.ts';
import { negotiateContent } from './content-negotiation.ts';
import { useGraphqlErrorHandler, refuse } from '../errors/http-error.ts';
import type { Metrics } from '../observability/metrics.ts';
import { RequestRecord } from '../observability/request-record.ts';

declare module 'fastify' {
  interface FastifyRequest {
    record: RequestRecord;
  }
}

export interface HttpAppOptions {
  readonly corsOrigins: readonly string[];
  readonly logLevel: LogLevel;
  readonly maxBodyBytes: number;
  readonly headersTimeoutMs: number;
  readonly metrics: Metrics;
  /** Where log lines go. */
  readonly logStream: { write(line: string): void };
}

/** How often connections are looked at that take too long. */
const CONNECTIONS_CHECK_MS = 500;

/** For whatever answers: none of it is a page, and pages bring headers of their own. */
const SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** An HTTP server without GraphQL in it yet. */
export async function createHttpApp(options: HttpAppOptions): Promise<FastifyInstance> {
  const { corsOrigins, logLevel, logStream, maxBodyBytes, headersTimeoutMs, metrics } = options;
  const app = fastify({
    bodyLimit: maxBodyBytes,
    exposeHeadRoutes: false,
    forceCloseConnections: 'idle',
    requestTimeout: 3 * headersTimeoutMs,
    // Where a value may hold it, its scalar says what is wrong; nothing here copies objects by their keys.
    onConstructorPoisoning: 'ignore',
    http: {
      headersTimeout: headersTimeoutMs,
      connectionsCheckingInterval: CONNECTIONS_CHECK_MS,
    },
    frameworkErrors: (_error, _request, reply) =>
      void refuse(reply, 400, 'The request cannot be read.'),
    logController: new LogController({ disableRequestLogging: true }),
    logger: { level: logLevel, stream: logStream },
  });
  useGraphqlErrorHandler(app, maxBodyBytes);
  recordRequests(app, metrics);
  setSecurityHeaders(app);
  closeIdleConnections(app);
  await allowOrigins(app, corsOrigins);
  return app;
}

export const GRAPHQL_PATH = '/graphql';

/** The route for GraphQL, so that bodies and methods are checked for it alone. */
export async function registerGraphqlRoute(
  app: FastifyInstance,
  handler: (scope: FastifyInstance, path: string) => void,
): Promise<void> {
  const path = GRAPHQL_PATH;
  await app.register((scope, _options, done) => {
    negotiateContent(scope);
    handler(scope, path);
    scope.route({
      method: ['DELETE', 'HEAD', 'PATCH', 'PUT'],
      url: path,
      handler: (_request, reply) =>
        refuse(reply.header('allow', 'GET, POST'), 405, 'Send operations with GET or POST.'),
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
 * A connection that is busy when the server closes is not idle, and would be kept alive past its last answer; one that has
 * asked for nothing yet is not idle either, to Node, and would be waited for.
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

/** For a caller who has gone before the answer, as nginx has it. */
const CLIENT_CLOSED_REQUEST = 499;

/** One line a request, also where its caller has gone. No URL: a GET holds the document and its variables there. */
function recordRequests(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onRequest', (request, reply, done) => {
    const record = new RequestRecord();
    request.record = record;
    reply.raw.once('close', () => {
      const { method, routeOptions, log } = request;
      const route = routeOptions.url ?? '(none)';
      // A stream is over when its reader has had enough.
      const finished = reply.raw.writableFinished || record.isStream;
      const statusCode = finished ? reply.statusCode : CLIENT_CLOSED_REQUEST;
      if (!finished) record.errorCodes = ['CLIENT_CLOSED_REQUEST'];
      const durationMs = Math.round(reply.elapsedTime * 10) / 10;
      log.info({ method, route, statusCode, durationMs, ...record.toLog() }, 'request');
      metrics.countRequest(route, statusCode);
      if (record.isShared) metrics.countCacheHit('answer');
      record.trace?.end(statusCode, record.errorCodes);
      if (record.cost !== undefined && !record.isStream) metrics.countOperation(record, durationMs);
    });
    done();
  });
}
