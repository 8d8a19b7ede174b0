import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

export interface RawResponse {
  readonly status: number;
  /** The header lines and the body. */
  readonly text: string;
}

/** Sends a request line and header lines as they are, and returns the response. */
export async function sendRaw(
  url: string,
  requestLine: string,
  headerLines: readonly string[],
): Promise<RawResponse> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const lines = [requestLine, ...headerLines, 'connection: close'];
  socket.end(lines.map((line) => `${line}\r\n`).join('') + '\r\n');
  const response = await text(socket);
  return { status: Number(response.split(' ', 2)[1]), text: response };
}
