import type { IncomingMessage, ServerResponse } from 'node:http';

import { readText, type EmulatorRequest } from './request.ts';

export function createHttp1Request(
  request: IncomingMessage,
  response: ServerResponse,
): EmulatorRequest {
  let abortedByFault = false;
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
    abort(how) {
      abortedByFault = true;
      if (how === 'reset') request.socket.resetAndDestroy();
      else request.socket.destroySoon();
    },
    onEnd(listener) {
      response.on('close', () => {
        if (abortedByFault) listener('fault-aborted');
        else listener(response.writableFinished ? 'completed' : 'client-disconnected');
      });
    },
  };
}
