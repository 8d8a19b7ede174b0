import type { IncomingMessage } from 'node:http';
import { CloseCode } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { HttpError } from '../errors/http-error.ts';
import type { Protocol, SocketState } from './websocket-protocol.ts';

const HEARTBEAT_INTERVAL_MS = 12_000;
/** A client that sends messages without reading may have this much waiting for it. */
const MAX_UNSENT_BYTES = 1_048_576;
const TRY_AGAIN_LATER = 1013;

/** Connects an accepted socket to the protocol's server. */
export function serveSocket(socket: WebSocket, request: IncomingMessage, protocol: Protocol): void {
  const state: SocketState = { request, socket, caller: undefined, subscriptions: new Set() };
  const closeWithError = (error: unknown) => {
    socket.close(...toCloseFrame(error));
  };
  // ws closes the socket itself after an invalid frame or a lost connection.
  socket.on('error', () => undefined);
  const onClosed = protocol.opened(
    {
      protocol: socket.protocol,
      send: (message) =>
        new Promise((resolve) => {
          // A failure to send is followed by the `close` event.
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
          // ws delivers a text message as one buffer.
          else receive((data as Buffer).toString('utf8')).catch(closeWithError);
        });
      },
    },
    state,
  );
  const stopHeartbeat = startHeartbeat(socket);
  socket.once('close', (code, reason) => {
    stopHeartbeat();
    onClosed(code, reason.toString('utf8')).catch(() => undefined);
    for (const subscription of state.subscriptions) void subscription.return();
  });
}

/** Terminates a connection that does not answer a ping. Returns a function that stops the pings. */
function startHeartbeat(socket: WebSocket): () => void {
  let isAlive = true;
  socket.on('pong', () => (isAlive = true));
  const timer = setInterval(() => {
    if (!isAlive) socket.terminate();
    isAlive = false;
    socket.ping();
  }, HEARTBEAT_INTERVAL_MS);
  return () => {
    clearInterval(timer);
  };
}

/** Returns the close code for an error. Clients do not reconnect after some of the codes. */
function toCloseFrame(error: unknown): [code: number, reason: string] {
  if (!(error instanceof HttpError)) return [CloseCode.InternalServerError, 'Internal error'];
  if (error.statusCode === 401) return [CloseCode.Unauthorized, 'Unauthorized'];
  return [TRY_AGAIN_LATER, 'Try again later'];
}
