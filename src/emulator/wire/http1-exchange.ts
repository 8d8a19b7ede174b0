import type { IncomingMessage, ServerResponse } from 'node:http';

import { readText, type Exchange } from './exchange.ts';

export function http1Exchange(request: IncomingMessage, response: ServerResponse): Exchange {
  let cut = false;
  return {
    method: request.method ?? '',
    target: request.url ?? '',
    headers: request.headers,
    httpVersion: '1.1',
    readBody: () => readText(request),
    respond(status, headers) {
      response.writeHead(status, headers);
      return response;
    },
    cut(how) {
      cut = true;
      if (how === 'reset') request.socket.resetAndDestroy();
      else request.socket.destroySoon();
    },
    onEnd(listener) {
      response.on('close', () => {
        listener(cut ? 'cut' : response.writableFinished ? 'answered' : 'aborted');
      });
    },
  };
}
