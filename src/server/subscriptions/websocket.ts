import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import { HttpError } from '../errors/http-error.ts';
import { rejectUpgrade } from './reject-upgrade.ts';
import { serveSocket } from './websocket-connection.ts';
import { createProtocol, type ProtocolOptions } from './websocket-protocol.ts';

export interface WebSocketOptions extends ProtocolOptions {
  readonly path: string;
  readonly maxMessageBytes: number;
  readonly maxSockets: number;
  /** Returns why the origin or the host name of a request is not allowed. */
  readonly refusalOf: (request: IncomingMessage) => HttpError | undefined;
}

/** How long clients have to close their sockets when the server stops. */
const CLOSE_TIMEOUT_MS = 1000;
const GOING_AWAY = 1001;

/**
 * Serves subscriptions with the `graphql-transport-ws` protocol. Queries and mutations use POST.
 */
export function serveWebSocket(app: FastifyInstance, options: WebSocketOptions): void {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: options.maxMessageBytes,
    handleProtocols: (offered) =>
      offered.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) && GRAPHQL_TRANSPORT_WS_PROTOCOL,
  });
  const protocol = createProtocol(options);
  let isClosing = false;

  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const isFull = isClosing || sockets.clients.size >= options.maxSockets;
    const refusal = checkUpgrade(request, isFull, options);
    if (refusal) {
      rejectUpgrade(socket, refusal);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (accepted) => {
      serveSocket(accepted, request, protocol);
    });
  });

  app.addHook('preClose', async () => {
    isClosing = true;
    await closeSockets(sockets, options);
  });
}

function checkUpgrade(
  request: IncomingMessage,
  isFull: boolean,
  { path, refusalOf }: WebSocketOptions,
): HttpError | undefined {
  const [pathname] = (request.url ?? '').split('?', 1);
  if (pathname !== path) return new HttpError(404, 'Not found.');
  if (isFull) return new HttpError(503, 'The server has too many open WebSockets. Retry later.');
  return refusalOf(request);
}

async function closeSockets(
  sockets: WebSocketServer,
  { subscriptions }: WebSocketOptions,
): Promise<void> {
  // Close the sockets before the subscriptions, so that no client receives `complete`: it would not
  // reconnect.
  for (const socket of sockets.clients) socket.close(GOING_AWAY, 'The server is stopping.');
  await subscriptions.closeAll();
  const timer = setTimeout(() => {
    for (const socket of sockets.clients) socket.terminate();
  }, CLOSE_TIMEOUT_MS);
  await new Promise((resolve) => sockets.close(resolve));
  clearTimeout(timer);
}
