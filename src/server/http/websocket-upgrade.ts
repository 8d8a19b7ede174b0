import type { IncomingMessage, Server } from 'node:http';
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
 * Lets the HTTP server read a request again, without the header that asks for another protocol.
 * Node before 24.9 has no `shouldUpgradeCallback`, and hands over the connection of each such
 * request.
 */
export function ignoreUpgrade(
  server: Server,
  { method, url, httpVersion, rawHeaders }: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  let text = `${method} ${url} HTTP/${httpVersion}\r\n`;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2);
    if (name.toLowerCase() !== 'upgrade') text += `${name}: ${value}\r\n`;
  }
  socket.unshift(Buffer.concat([Buffer.from(`${text}\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}
