import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { connect } from 'node:net';

const HEAD_END = '\r\n\r\n';
const LAST_CHUNK = '0\r\n\r\n';
/** A server that sends nothing for this long has failed. */
const SILENCE_TIMEOUT_MS = 60_000;
/** Shared by all connections: each read is processed before the next one starts. */
const readBuffer = Buffer.allocUnsafe(1_048_576);

/**
 * Encodes a request once, so that sending it is a single write.
 *
 * @param {{ path: string, body?: object }} request a POST if it has a body
 */
export function toBytes({ path, body }) {
  const head = [`${body ? 'POST' : 'GET'} ${path} HTTP/1.1`, 'host: 127.0.0.1'];
  if (!body) return Buffer.from([...head, 'accept: application/json', '', ''].join('\r\n'));
  const content = JSON.stringify(body);
  head.push('accept: application/json', 'content-type: application/json');
  head.push(`content-length: ${Buffer.byteLength(content)}`, '', content);
  return Buffer.from(head.join('\r\n'));
}

/**
 * A connection that sends one request after another. It is not a full HTTP client: with a server
 * that responds in 60 microseconds, a full client would be the slower half of the benchmark.
 */
export class KeepAlive {
  #socket;
  #head = '';
  #keepText = false;
  #chunks = [];
  #isChunked = false;
  #tail = '';
  #remaining = 0;
  #response;
  #settle;

  static async open(port) {
    const connection = new KeepAlive();
    const onread = {
      buffer: readBuffer,
      callback: (bytes) => {
        connection.#read(readBuffer.subarray(0, bytes));
        return true;
      },
    };
    connection.#socket = connect({ port, host: '127.0.0.1', noDelay: true, onread });
    await once(connection.#socket, 'connect');
    const fail = () => connection.#settle?.reject(new Error('the server closed the connection'));
    connection.#socket.on('error', fail).on('close', fail);
    connection.#socket.setTimeout(SILENCE_TIMEOUT_MS, () => connection.#socket.destroy());
    return connection;
  }

  /** Returns the status and length of the response in bytes, and its text if `keepText` is set. */
  send(request, keepText = false) {
    this.#keepText = keepText;
    this.#socket.write(request);
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
  }

  close() {
    this.#settle = undefined;
    this.#socket.destroy();
  }

  #read(bytes) {
    if (this.#response) return this.#readBody(bytes);
    const text = this.#head + bytes.subarray(0, 4096).toString('latin1');
    const end = text.indexOf(HEAD_END);
    if (end < 0) {
      this.#head = text;
      return undefined;
    }
    const head = text.slice(0, end);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head);
    this.#isChunked = !length;
    this.#remaining = Number(length?.[1]);
    this.#response = { status: Number(head.slice(9, 12)), bytes: 0 };
    const body = bytes.subarray(end + HEAD_END.length - this.#head.length);
    this.#head = '';
    return this.#readBody(body);
  }

  #readBody(bytes) {
    if (this.#keepText || this.#isChunked) this.#chunks.push(Buffer.from(bytes));
    if (this.#isChunked) {
      // JSON contains no raw line breaks, so this sequence occurs only at the end of the last
      // chunk.
      const last = bytes.subarray(-LAST_CHUNK.length).toString('latin1');
      this.#tail = (this.#tail + last).slice(-LAST_CHUNK.length);
      if (this.#tail === LAST_CHUNK) this.#finish(withoutChunks(Buffer.concat(this.#chunks)));
      return;
    }
    this.#response.bytes += bytes.length;
    this.#remaining -= bytes.length;
    if (this.#remaining === 0) this.#finish(Buffer.concat(this.#chunks));
  }

  #finish(body) {
    const response = this.#response;
    if (this.#isChunked) response.bytes = body.length;
    if (this.#keepText) response.text = body.toString('utf8');
    this.#response = undefined;
    this.#chunks = [];
    this.#tail = '';
    this.#settle.resolve(response);
  }
}

function withoutChunks(bytes) {
  const parts = [];
  let position = 0;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', position);
    const size = Number.parseInt(bytes.subarray(position, lineEnd).toString('latin1'), 16);
    if (size === 0) return Buffer.concat(parts);
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    position = lineEnd + 2 + size + 2;
  }
}
