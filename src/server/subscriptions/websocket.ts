import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import type { LimitsConfig } from '../../config/config.ts';
import { HttpError } from '../errors/http-error.ts';
import { createUpgradeIgnorer, isWebSocketUpgrade } from '../http/websocket-upgrade.ts';
import { addressKey } from '../limits/address-key.ts';
import type { Metrics } from '../observability/metrics.ts';
import { rejectUpgrade } from './reject-upgrade.ts';
import { type ConnectionOptions, WebSocketConnection } from './websocket-connection.ts';
import { createProtocol, type ProtocolOptions } from './websocket-protocol.ts';
import { reasonOf, WebSocketRefusals } from './websocket-refusals.ts';
import { WebSocketShares } from './websocket-shares.ts';

export interface WebSocketOptions
  extends ProtocolOptions, Omit<ConnectionOptions, 'shares' | 'refusals'> {
  readonly limits: LimitsConfig;
  readonly metrics: Metrics;
  /** Returns why the origin or the host name of a request is not allowed. */
  readonly refusalOf: (request: IncomingMessage) => HttpError | undefined;
}

/** How long clients have to close their sockets when the server stops. */
const CLOSE_TIMEOUT_MS = 1000;
const GOING_AWAY = 1001;
/** A message in tiny fragments would use many times its own size. */
const MAX_FRAGMENTS = 256;

/**
 * Serves subscriptions with the `graphql-transport-ws` protocol. Queries and mutations use POST.
 */
export function serveWebSocket(app: FastifyInstance, options: WebSocketOptions): void {
  const sockets = createSocketServer(options);
  const shares = new WebSocketShares(options.limits);
  const refusals = new WebSocketRefusals(options.metrics, app.log);
  const protocol = createProtocol(options);
  const ignoreUpgrade = createUpgradeIgnorer(app.server);
  const reject = (socket: Duplex, request: IncomingMessage, error: HttpError) => {
    refusals.record(error.statusCode, reasonOf(error), { address: addressOf(request) });
    rejectUpgrade(socket, error);
  };

  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!isWebSocketUpgrade(request)) {
      ignoreUpgrade(request, socket, head);
      return;
    }
    try {
      const refusal = options.refusalOf(request);
      if (refusal) throw refusal;
      const leavePending = shares.acquireForAddress(addressOf(request));
      socket.once('close', leavePending);
      sockets.handleUpgrade(request, socket, head, (accepted) => {
        const client = { socket: accepted, request, address: addressOf(request), leavePending };
        new WebSocketConnection(client, { ...options, shares, refusals }).serve(protocol);
      });
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      reject(socket, request, error);
    }
  });
  sockets.on('wsClientError', (_error, socket, request) => {
    reject(socket, request, INVALID_HANDSHAKE);
  });

  app.addHook('preClose', async () => {
    shares.close();
    await closeSockets(sockets, options);
  });
}

const INVALID_HANDSHAKE = new HttpError(400, 'The WebSocket handshake is invalid.', {
  headers: { 'sec-websocket-version': '13' },
});

function createSocketServer({ limits }: WebSocketOptions): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    // A socket handles one message in a turn of the event loop, so that others have their turn.
    allowSynchronousEvents: false,
    autoPong: false,
    maxFragments: MAX_FRAGMENTS,
    maxPayload: limits.bodyBytes,
    handleProtocols: (offered) =>
      offered.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) && GRAPHQL_TRANSPORT_WS_PROTOCOL,
  });
}

function addressOf({ socket: { remoteAddress } }: IncomingMessage): string {
  return addressKey(remoteAddress ?? '');
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
