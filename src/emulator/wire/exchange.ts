import type { IncomingHttpHeaders } from 'node:http';
import type { Writable } from 'node:stream';

export type Ending = 'answered' | 'aborted' | 'cut';
export type Cut = 'reset' | 'goaway' | 'rst-stream';

/** One request and its answer, alike over HTTP/1.1 and HTTP/2. */
export interface Exchange {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly httpVersion: '1.1' | '2.0';
  readBody(): Promise<string>;
  /** Sends the head of the answer and gives the stream for its body. */
  respond(status: number, headers: Readonly<Record<string, string>>): Writable;
  /** Breaks off: the whole TCP connection with RST, the session with GOAWAY, or the stream with RST_STREAM. */
  cut(how: Cut): void;
  /** Calls back once, when nothing more can be sent. */
  onEnd(listener: (ending: Ending) => void): void;
}

export async function readText(stream: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
