import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { socketUrl } from './subscriber.ts';

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

export interface OpenSocket {
  readonly socket: WebSocket;
  /** The messages of the server. */
  readonly received: string[];
  readonly closed: Promise<Closed>;
}

interface OpenOptions {
  readonly localAddress?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Opens a WebSocket without a client library. Rejects if the gateway refuses the upgrade. */
export async function openSocket(url: string, options: OpenOptions = {}): Promise<OpenSocket> {
  const socket = new WebSocket(socketUrl(url), 'graphql-transport-ws', options);
  const received: string[] = [];
  socket.on('message', (data: Buffer) => received.push(data.toString()));
  const closed = new Promise<Closed>((resolve) => {
    socket.on('close', (code, reason) => {
      resolve({ code, reason: reason.toString() });
    });
  });
  await once(socket, 'open');
  socket.on('error', () => undefined);
  return { socket, received, closed };
}

/** Returns the response to an upgrade that is refused. */
export function refusedUpgrade(url: string, options: OpenOptions = {}) {
  const socket = new WebSocket(socketUrl(url), 'graphql-transport-ws', options);
  socket.on('error', () => undefined);
  return new Promise<{ status: number; retryAfter: string | undefined; extensions: unknown }>(
    (resolve, reject) => {
      socket.on('open', () => {
        socket.terminate();
        reject(new Error('The upgrade was not refused.'));
      });
      socket.on('unexpected-response', (_request, response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => {
          const { errors } = JSON.parse(text) as { errors: { extensions: unknown }[] };
          resolve({
            status: response.statusCode ?? 0,
            retryAfter: response.headers['retry-after'],
            extensions: errors[0]?.extensions,
          });
        });
      });
    },
  );
}

/** Sends a text over TCP. */
export function sendText(url: string, text: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.on('error', () => undefined);
  socket.write(text);
  return socket;
}
