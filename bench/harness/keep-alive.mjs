import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { connect } from 'node:net';

const HEAD_END = '\r\n\r\n';
const LAST_CHUNK = '0\r\n\r\n';
/** A server that says nothing for so long says nothing more. */
const SILENCE_MS = 60_000;
/** One for all connections: what is read is looked at before anything else is read. */
const readBuffer = Buffer.allocUnsafe(1_048_576);

/**
 * The bytes of a request, so that sending one is a write and nothing else.
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
 * A connection that asks one request after another. No HTTP client: beside a server that answers in 60 microseconds, one
 * would be the slower half of the benchmark.
 */
export class KeepAlive {
  #socket;
  #head = '';
  #isKept = false;
  #kept = [];
  #isChunked = false;
  #tail = '';
  #left = 0;
  #answer;
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
    connection.#socket.setTimeout(SILENCE_MS, () => connection.#socket.destroy());
    return connection;
  }

  /** The answer's status and number of bytes, and its text if it is to be kept. */
  ask(request, isKept = false) {
    this.#isKept = isKept;
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
    if (this.#answer) return this.#readBody(bytes);
    const text = this.#head + bytes.subarray(0, 4096).toString('latin1');
    const end = text.indexOf(HEAD_END);
    if (end < 0) {
      this.#head = text;
      return undefined;
    }
    const head = text.slice(0, end);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head);
    this.#isChunked = !length;
    this.#left = Number(length?.[1]);
    this.#answer = { status: Number(head.slice(9, 12)), bytes: 0 };
    const body = bytes.subarray(end + HEAD_END.length - this.#head.length);
    this.#head = '';
    return this.#readBody(body);
  }

  #readBody(bytes) {
    if (this.#isKept || this.#isChunked) this.#kept.push(Buffer.from(bytes));
    if (this.#isChunked) {
      // JSON holds no line breaks of its own, so this is the end of the last chunk and of nothing else.
      const last = bytes.subarray(-LAST_CHUNK.length).toString('latin1');
      this.#tail = (this.#tail + last).slice(-LAST_CHUNK.length);
      if (this.#tail === LAST_CHUNK) this.#finish(withoutChunks(Buffer.concat(this.#kept)));
      return;
    }
    this.#answer.bytes += bytes.length;
    this.#left -= bytes.length;
    if (this.#left === 0) this.#finish(Buffer.concat(this.#kept));
  }

  #finish(body) {
    const answer = this.#answer;
    if (this.#isChunked) answer.bytes = body.length;
    if (this.#isKept) answer.text = body.toString('utf8');
    this.#answer = undefined;
    this.#kept = [];
    this.#tail = '';
    this.#settle.resolve(answer);
  }
}

function withoutChunks(bytes) {
  const parts = [];
  let at = 0;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString('latin1'), 16);
    if (size === 0) return Buffer.concat(parts);
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
