import { createServer as createHttp1Server, type Server as Http1Server } from 'node:http';
import { createServer as createHttp2Server, type Http2Server } from 'node:http2';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import type { Exchange } from './exchange.ts';
import { http1Exchange } from './http1-exchange.ts';
import { http2Exchange } from './http2-exchange.ts';

const HTTP2_PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/**
 * One port for HTTP/1.1 and for HTTP/2 with prior knowledge (h2c). AWS tells them apart in the TLS handshake; in clear text
 * the first bytes do, since no HTTP/1.1 method begins like the preface of HTTP/2.
 */
export class Listener {
  readonly #sockets = new Set<Socket>();
  readonly #http1: Http1Server;
  readonly #http2: Http2Server;
  readonly #server: Server;

  constructor(onExchange: (exchange: Exchange) => void) {
    this.#http1 = createHttp1Server({ keepAliveTimeout: 65_000 }, (request, response) => {
      onExchange(http1Exchange(request, response));
    });
    this.#http2 = createHttp2Server();
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      // A peer's reset is the peer's affair.
      socket.on('error', () => undefined);
      this.#peek(socket);
    });
    this.#http2.on('stream', (stream, headers) => {
      onExchange(http2Exchange(stream, headers));
    });
    // A session's failure is told to the streams on it; without a listener it would be fatal.
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

  /** Closes the port and every connection, whatever is still under way on it. */
  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }

  /** Looks at the first bytes, puts them back, and hands the socket to the server that speaks their protocol. */
  #peek(socket: Socket): void {
    const look = () => {
      const start: unknown = socket.read();
      if (!Buffer.isBuffer(start)) {
        socket.once('readable', look);
        return;
      }
      socket.unshift(start);
      const length = Math.min(start.length, HTTP2_PREFACE.length);
      if (!start.subarray(0, length).equals(HTTP2_PREFACE.subarray(0, length))) {
        this.#http1.emit('connection', socket);
      } else if (length === HTTP2_PREFACE.length) {
        // A client that ends the connection is gone: half-open, its hanging streams would never learn of it.
        socket.allowHalfOpen = false;
        this.#http2.emit('connection', socket);
      } else {
        socket.once('readable', look);
      }
    };
    socket.once('readable', look);
  }
}
