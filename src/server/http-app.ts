import cors from '@fastify/cors';
import fastify, { type FastifyInstance, LogController } from 'fastify';
import type { LogLevel } from '../config/config.ts';
import { negotiateGraphqlMedia } from './graphql-media.ts';
import { answerErrorsAsGraphql, refuse } from './http-errors.ts';

export interface HttpOptions {
  readonly corsOrigins: readonly string[];
  readonly logLevel: LogLevel;
  /** Where log lines go; standard output when absent. */
  readonly logStream?: { write(line: string): void } | undefined;
}

const MAX_BODY_BYTES = 256 * 1024;
const PREFLIGHT_SECONDS = 86_400;

/** An HTTP server without GraphQL in it yet. */
export async function createHttpApp(options: HttpOptions): Promise<FastifyInstance> {
  const { corsOrigins, logLevel, logStream } = options;
  const app = fastify({
    bodyLimit: MAX_BODY_BYTES,
    exposeHeadRoutes: false,
    forceCloseConnections: 'idle',
    frameworkErrors: (_error, _request, reply) =>
      void refuse(reply, 400, 'The request cannot be read.'),
    logController: new LogController({ disableRequestLogging: true }),
    logger: { level: logLevel, ...(logStream && { stream: logStream }) },
  });
  answerErrorsAsGraphql(app);
  logRequests(app);
  leaveNoConnectionBehind(app);
  await app.register(cors, {
    origin: [...corsOrigins],
    methods: ['GET', 'POST'],
    strictPreflight: false,
    exposedHeaders: ['retry-after'],
    maxAge: PREFLIGHT_SECONDS,
  });
  return app;
}

/** The route for GraphQL, so that bodies and methods are checked for it alone. */
export async function serveGraphql(
  app: FastifyInstance,
  handler: (scope: FastifyInstance, path: string) => void,
): Promise<void> {
  const path = '/graphql';
  await app.register((scope, _options, done) => {
    negotiateGraphqlMedia(scope);
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

/** A connection that is busy when the server closes is not idle, and would be kept alive past its last answer. */
function leaveNoConnectionBehind(app: FastifyInstance): void {
  let closing = false;
  app.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (closing) void reply.header('connection', 'close');
    done();
  });
}

/** One line a request. No URL: a GET holds the document and its variables there. */
function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', (request, { statusCode, elapsedTime }, done) => {
    const { method, routeOptions } = request;
    const durationMs = Math.round(elapsedTime * 10) / 10;
    request.log.info({ method, route: routeOptions.url, statusCode, durationMs }, 'request');
    done();
  });
}
