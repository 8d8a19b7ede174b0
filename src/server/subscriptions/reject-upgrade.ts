import type { Duplex } from 'node:stream';
import type { HttpError } from '../errors/http-error.ts';

const REASONS: Readonly<Record<number, string>> = {
  403: 'Forbidden',
  404: 'Not Found',
  503: 'Service Unavailable',
};

/** Sends an HTTP response instead of a WebSocket handshake, and closes the connection. */
export function rejectUpgrade(
  socket: Duplex,
  { statusCode, message, extensions }: HttpError,
): void {
  const body = JSON.stringify({ errors: [{ message, extensions }] });
  socket.on('error', () => undefined);
  // The client may never close its half, and Node's HTTP server no longer watches the connection.
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
