import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { Writable } from 'node:stream';

import { readText, type ConnectionAbort, type EmulatorRequest } from './request.ts';

export function createHttp2Request(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
): EmulatorRequest {
  let abortedByFault = false;
  let sent = false;
  // `close` reports a client that disconnects. Without this listener its error would end the
  // process.
  stream.on('error', () => undefined);
  // Node emits `wantTrailers` when it sends the last byte. `finish` is not reliable: it may never
  // come if the client closes the stream promptly.
  stream.on('wantTrailers', () => {
    sent = true;
    stream.sendTrailers({});
  });
  return {
    method: headers[':method'] ?? '',
    target: headers[':path'] ?? '',
    headers,
    httpVersion: '2.0',
    readBody: () => readText(stream),
    respond(status, fields) {
      if (stream.destroyed || stream.closed) return createDiscardingStream();
      stream.respond({ ...fields, ':status': status }, { waitForTrailers: true });
      return stream;
    },
    abort(how) {
      abortedByFault = true;
      abortStream(stream, how);
    },
    onEnd(listener) {
      stream.on('close', () => {
        if (abortedByFault) listener('fault-aborted');
        else listener(sent ? 'completed' : 'client-disconnected');
      });
    },
  };
}

/**
 * Destroys with an error, so that Node sends the frame with INTERNAL_ERROR. Without an error, Node
 * would first end the stream normally.
 */
function abortStream(stream: ServerHttp2Stream, how: ConnectionAbort): void {
  const error = new Error('aborted by an injected fault');
  switch (how) {
    case 'reset':
      stream.session?.socket.resetAndDestroy();
      return;
    case 'goaway':
      stream.session?.destroy(error, constants.NGHTTP2_INTERNAL_ERROR);
      return;
    case 'rst-stream':
      stream.destroy(error);
      return;
    default:
      how satisfies never;
  }
}

function createDiscardingStream(): Writable {
  return new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
}
