import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

export const GRAPHQL_PATH = '/graphql';

/**
 * Returns whether a request that asks for another protocol asks for a WebSocket where there is one.
 * HTTP lets a server ignore all other such requests, and handle them like normal ones.
 */
export function isWebSocketUpgrade({ method, url = '', headers }: IncomingMessage): boolean {
  const [pathname] = url.split('?', 1);
  return (
    method === 'GET' && pathname === GRAPHQL_PATH && headers.upgrade?.toLowerCase() === 'websocket'
  );
}

/**
 * Node before 24.9 has no `shouldUpgradeCallback`, and hands over the connection of each request
 * that asks for another protocol. Returns a function that lets the HTTP server read such a request
 * again, as the last one of its connection, without the header.
 */
export function createUpgradeIgnorer(server: Server) {
  // Node fails if it handles a connection again that still has a response to send.
  const unanswered = new WeakMap<Duplex, number>();
  const count = (socket: Duplex, by: number) => {
    unanswered.set(socket, (unanswered.get(socket) ?? 0) + by);
  };
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    count(socket, 1);
    response.once('close', () => {
      count(socket, -1);
    });
  });
  return (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if ((unanswered.get(socket) ?? 0) > 0) {
      socket.destroy();
      return;
    }
    socket.unshift(Buffer.concat([withoutUpgrade(request), head]));
    server.emit('connection', socket);
  };
}

function withoutUpgrade({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  let text = `${method} ${url} HTTP/${httpVersion}\r\nConnection: close\r\n`;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2);
    if (!/^(connection|upgrade)$/i.test(name)) text += `${name}: ${value}\r\n`;
  }
  return Buffer.from(`${text}\r\n`, 'latin1');
}
