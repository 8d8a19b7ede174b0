import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import {
  CloseCode,
  GRAPHQL_TRANSPORT_WS_PROTOCOL,
  makeServer,
  type Server as ProtocolServer,
} from 'graphql-ws';
import {
  type ExecutionArgs,
  type ExecutionResult,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Authenticator } from '../auth/authenticate.ts';
import { assertAuthenticated, type Caller } from '../auth/caller.ts';
import { HttpError } from '../errors/http-error.ts';
import type { Subscription } from './subscription.ts';
import type { SubscriptionManager } from './subscription-manager.ts';
import { onCredentialsExpired } from './on-credentials-expired.ts';

export interface WebSocketOptions {
  readonly path: string;
  readonly schema: GraphQLSchema;
  readonly subscriptions: SubscriptionManager;
  readonly authenticator: Authenticator;
  readonly maxMessageBytes: number;
  readonly maxSockets: number;
  /** Whether a page of this origin, or who asks by this host name, may connect; undefined: it may. */
  readonly refusalOf: (request: IncomingMessage) => HttpError | undefined;
}

/** A socket as the protocol's server knows it. */
interface Extra {
  readonly request: IncomingMessage;
  readonly socket: WebSocket;
  caller: Caller | undefined;
  /** A client may use a name again before the protocol's server knows of the first: it forgets that one. */
  readonly opened: Set<Subscription>;
}

type Params = Record<string, unknown> | undefined;

const HEARTBEAT_INTERVAL_MS = 12_000;
/** What may wait to be sent to a client that goes on asking without reading. */
const MAX_UNSENT_BYTES = 1_048_576;
/** Clients that are told to go have so long to do so. */
const CLOSE_TIMEOUT_MS = 1000;
const GOING_AWAY = 1001;
const TRY_AGAIN_LATER = 1013;

/** Subscriptions over WebSocket, as `graphql-transport-ws` has them. Queries and mutations go by POST. */
export function serveWebSocket(app: FastifyInstance, options: WebSocketOptions): void {
  const { path, subscriptions, maxMessageBytes, maxSockets, refusalOf } = options;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    handleProtocols: (offered) =>
      offered.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) && GRAPHQL_TRANSPORT_WS_PROTOCOL,
  });
  const protocol = createProtocol(options);
  let isClosing = false;

  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const [pathname] = (request.url ?? '').split('?', 1);
    const isFull = isClosing || sockets.clients.size >= maxSockets;
    const refusal =
      pathname !== path
        ? new HttpError(404, 'There is nothing here.')
        : isFull
          ? new HttpError(503, 'There are too many connections at the moment.')
          : refusalOf(request);
    if (refusal) rejectUpgrade(socket, refusal);
    else
      sockets.handleUpgrade(request, socket, head, (accepted) => {
        serveSocket(accepted, request, protocol);
      });
  });

  app.addHook('preClose', async () => {
    isClosing = true;
    // First, so that nobody is told that a subscription is complete: clients would not come again for it.
    for (const socket of sockets.clients) socket.close(GOING_AWAY, 'The server is stopping.');
    await subscriptions.closeAll();
    const timer = setTimeout(() => {
      for (const socket of sockets.clients) socket.terminate();
    }, CLOSE_TIMEOUT_MS);
    await new Promise((resolve) => sockets.close(resolve));
    clearTimeout(timer);
  });
}

function createProtocol({ schema, subscriptions, authenticator }: WebSocketOptions) {
  return makeServer<Params, Extra>({
    onConnect: async ({ connectionParams, extra }) => {
      const { request, socket } = extra;
      const headers = mergeConnectionParams(request.headers, connectionParams);
      const ip = request.socket.remoteAddress ?? '';
      const authenticated = await authenticator.authenticate({ headers, ip });
      if (authenticated.kind === 'notRouter') {
        throw new HttpError(401, 'Only the router may subscribe.');
      }
      const { caller } = authenticated;
      if (socket.readyState !== socket.OPEN) return;
      extra.caller = caller;
      // The client may come again, with what it is known by then.
      const expire = () => {
        socket.close(CloseCode.Forbidden, 'Forbidden');
      };
      socket.once('close', onCredentialsExpired(caller, expire));
    },
    onSubscribe: async ({ extra }, _id, request) => {
      const { socket, opened: all } = extra;
      const caller = assertAuthenticated(extra);
      const opened = await subscriptions.subscribe(request, caller, 'websocket');
      if ('errors' in opened) return opened.errors.map((error) => new PublicGraphqlError(error));
      all.add(opened);
      opened.onClose(() => all.delete(opened));
      if (socket.readyState !== socket.OPEN) await opened.return();
      const { document, operationName } = opened;
      return { schema, document, operationName, contextValue: opened };
    },
    // Results are formatted already; `onNext` has them sent as they are.
    subscribe: ({ contextValue }: ExecutionArgs) => contextValue as AsyncGenerator<ExecutionResult>,
    onNext: (_context, _id, _request, _args, result) => result as FormattedExecutionResult,
  });
}

/** An error of which everything may be told, and nothing else. */
class PublicGraphqlError extends GraphQLError {
  readonly #formatted: GraphQLFormattedError;

  constructor(formatted: GraphQLFormattedError) {
    super(formatted.message);
    this.#formatted = formatted;
  }

  override toJSON(): GraphQLFormattedError {
    return this.#formatted;
  }
}

/** Browsers cannot set headers on a WebSocket: what says who asks comes as the first message's payload. */
function mergeConnectionParams(headers: IncomingHttpHeaders, params: Params): IncomingHttpHeaders {
  const merged = { ...headers };
  for (const [name, value] of Object.entries(params ?? {})) {
    const header = name.toLowerCase();
    if (CREDENTIALS.has(header) && typeof value === 'string') merged[header] = value;
  }
  return merged;
}

const CREDENTIALS = new Set(['authorization', 'router-authorization']);

function serveSocket(
  socket: WebSocket,
  request: IncomingMessage,
  protocol: ProtocolServer<Extra>,
): void {
  const fail = (error: unknown) => {
    socket.close(...toCloseFrame(error));
  };
  // Frames that break the protocol, or a connection that is gone: the library closes it itself.
  socket.on('error', () => undefined);
  const extra: Extra = { request, socket, caller: undefined, opened: new Set() };
  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      send: (message) =>
        new Promise((resolve) => {
          // A client that is gone is told by its close.
          socket.send(message, () => {
            resolve();
          });
        }),
      close: (code, reason) => {
        socket.close(code, reason);
      },
      onMessage: (receive) => {
        socket.on('message', (data) => {
          if (socket.bufferedAmount > MAX_UNSENT_BYTES) socket.terminate();
          // Text, which the library has as one buffer.
          else receive((data as Buffer).toString('utf8')).catch(fail);
        });
      },
    },
    extra,
  );
  const stopBeat = startHeartbeat(socket);
  socket.once('close', (code, reason) => {
    stopBeat();
    closed(code, reason.toString('utf8')).catch(() => undefined);
    for (const subscription of extra.opened) void subscription.return();
  });
}

/** Ends connections of which nothing is heard any more. */
function startHeartbeat(socket: WebSocket): () => void {
  let isAlive = true;
  socket.on('pong', () => (isAlive = true));
  const beat = setInterval(() => {
    if (!isAlive) socket.terminate();
    isAlive = false;
    socket.ping();
  }, HEARTBEAT_INTERVAL_MS);
  return () => {
    clearInterval(beat);
  };
}

/** What is told by the code of a close, for lack of anything better: clients take some of them for final. */
function toCloseFrame(error: unknown): [code: number, reason: string] {
  if (!(error instanceof HttpError)) return [CloseCode.InternalServerError, 'Internal error'];
  if (error.statusCode === 401) return [CloseCode.Unauthorized, 'Unauthorized'];
  return [TRY_AGAIN_LATER, 'Try again later'];
}

function rejectUpgrade(socket: Duplex, { statusCode, message, extensions }: HttpError): void {
  const body = JSON.stringify({ errors: [{ message, extensions }] });
  socket.on('error', () => undefined);
  // The other side may never close its half, and nothing else watches a connection that is no longer HTTP's.
  socket.once('finish', () => socket.destroy());
  socket.end(
    [
      `HTTP/1.1 ${statusCode} ${REASONS[statusCode] ?? 'Refused'}`,
      'content-type: application/json; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}

const REASONS: Readonly<Record<number, string>> = {
  403: 'Forbidden',
  404: 'Not Found',
  503: 'Service Unavailable',
};
