import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { Writable } from 'node:stream';

import { readText, type Cut, type Exchange } from './exchange.ts';

export function http2Exchange(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Exchange {
  let cut = false;
  let sent = false;
  // A peer that leaves is told by `close`; without a listener its error would be fatal.
  stream.on('error', () => undefined);
  // Node asks for trailers once the last byte is on its way; `finish` may never come when the peer closes promptly.
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
      if (stream.destroyed || stream.closed) return nowhere();
      stream.respond({ ...fields, ':status': status }, { waitForTrailers: true });
      return stream;
    },
    cut(how) {
      cut = true;
      cutStream(stream, how);
    },
    onEnd(listener) {
      stream.on('close', () => {
        listener(cut ? 'cut' : sent ? 'answered' : 'aborted');
      });
    },
  };
}

/** An error makes Node send the frame with INTERNAL_ERROR; without one it would first end the stream as if all were well. */
function cutStream(stream: ServerHttp2Stream, how: Cut): void {
  const broken = new Error('cut by a fault');
  switch (how) {
    case 'reset':
      stream.session?.socket.resetAndDestroy();
      return;
    case 'goaway':
      stream.session?.destroy(broken, constants.NGHTTP2_INTERNAL_ERROR);
      return;
    case 'rst-stream':
      stream.destroy(broken);
      return;
    default:
      how satisfies never;
  }
}

function nowhere(): Writable {
  return new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
}
