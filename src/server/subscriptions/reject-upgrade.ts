import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HttpError } from '../errors/http-error.ts';

/** Sends an HTTP response instead of a WebSocket handshake, and closes the connection. */
export function rejectUpgrade(
  socket: Duplex,
  { statusCode, message, extensions, headers }: HttpError,
): void {
  const body = JSON.stringify({ errors: [{ message, extensions }] });
  socket.on('error', () => undefined);
  // The client may never close its half, and Node's HTTP server no longer watches the connection.
  socket.once('finish', () => socket.destroy());
  socket.end(
    [
      `HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode] ?? 'Refused'}`,
      'content-type: application/json; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      '',
      body,
    ].join('\r\n'),
  );
}
