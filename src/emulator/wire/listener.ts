import { createServer as createHttp1Server, type Server as Http1Server } from 'node:http';
import { createServer as createHttp2Server, type Http2Server } from 'node:http2';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import { createHttp1Request } from './http1-request.ts';
import { createHttp2Request } from './http2-request.ts';
import type { EmulatorRequest } from './request.ts';

const HTTP2_PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/**
 * One port for HTTP/1.1 and for HTTP/2 with prior knowledge (h2c). Over TLS, ALPN selects the
 * protocol. In clear text the first bytes select it: no HTTP/1.1 method begins like the HTTP/2
 * preface.
 */
export class Listener {
  readonly #sockets = new Set<Socket>();
  readonly #http1: Http1Server;
  readonly #http2: Http2Server;
  readonly #server: Server;

  constructor(onRequest: (request: EmulatorRequest) => void) {
    this.#http1 = createHttp1Server({ keepAliveTimeout: 65_000 }, (request, response) => {
      onRequest(createHttp1Request(request, response));
    });
    this.#http2 = createHttp2Server();
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      // Without this listener, a client's reset would end the process.
      socket.on('error', () => undefined);
      this.#detectProtocol(socket);
    });
    this.#http2.on('stream', (stream, headers) => {
      onRequest(createHttp2Request(stream, headers));
    });
    // The streams of a failed session report the failure. Without this listener it would end the
    // process.
    this.#http2.on('sessionError', () => undefined);
  }

  listen(port: number, host: string): Promise<AddressInfo> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        const address = this.#server.address();
        if (address === null || typeof address === 'string') {
          reject(new Error('the emulator listens on TCP only'));
        } else {
          resolve(address);
        }
      });
    });
  }

  /** Closes the port and every connection, including those with requests in flight. */
  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }

  /** Reads the first bytes, puts them back, and passes the socket to the matching server. */
  #detectProtocol(socket: Socket): void {
    const detect = () => {
      const start: unknown = socket.read();
      if (!Buffer.isBuffer(start)) {
        socket.once('readable', detect);
        return;
      }
      socket.unshift(start);
      const length = Math.min(start.length, HTTP2_PREFACE.length);
      if (!start.subarray(0, length).equals(HTTP2_PREFACE.subarray(0, length))) {
        this.#http1.emit('connection', socket);
      } else if (length === HTTP2_PREFACE.length) {
        // A client that ends the connection has gone. On a half-open socket, its hanging streams
        // would not end.
        socket.allowHalfOpen = false;
        this.#http2.emit('connection', socket);
      } else {
        socket.once('readable', detect);
      }
    };
    socket.once('readable', detect);
  }
}
