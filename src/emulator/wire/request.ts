import type { IncomingHttpHeaders } from 'node:http';
import type { Writable } from 'node:stream';

/** How a request ended. A fault that breaks the connection ends it as `fault-aborted`. */
export type RequestOutcome = 'completed' | 'client-disconnected' | 'fault-aborted';

/** How to break a connection: TCP RST, HTTP/2 GOAWAY, or HTTP/2 RST_STREAM. */
export type ConnectionAbort = 'reset' | 'goaway' | 'rst-stream';

/** One request and the means to respond to it, the same over HTTP/1.1 and HTTP/2. */
export interface EmulatorRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly httpVersion: '1.1' | '2.0';
  readBody(): Promise<string>;
  /** Sends the status and the headers. Returns the stream for the body. */
  respond(status: number, headers: Readonly<Record<string, string>>): Writable;
  abort(how: ConnectionAbort): void;
  /** Registers a listener that is called once, when no more bytes can be sent. */
  onEnd(listener: (outcome: RequestOutcome) => void): void;
}

export async function readText(stream: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
