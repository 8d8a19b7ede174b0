import type { ServerResponse } from 'node:http';
import { Fault } from '../invocations/fault.ts';
import type { Call } from '../invocations/source.ts';

/** The bounds that a request puts on the calls it makes: its deadline, and the caller still being there. */
export function callFor(response: ServerResponse, timeoutMs: number): Call {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(new Fault('timeout', 'the deadline of the request has passed'));
  }, timeoutMs);
  response.once('close', () => {
    clearTimeout(timer);
    if (!response.writableFinished) {
      controller.abort(new Fault('unavailable', 'the caller has gone'));
    }
  });
  return { signal: controller.signal };
}
