import type { ServerResponse } from 'node:http';
import { Fault } from '../invocations/fault.ts';
import type { Call } from '../invocations/source.ts';
import type { ErrorLog } from './error-reports.ts';

/** The bounds that a request puts on the calls it makes: its deadline, and the caller still being there. */
export function callFor(response: ServerResponse, timeoutMs: number, log: ErrorLog): Call {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(new Fault('timeout', 'the deadline of the request has passed'));
  }, timeoutMs);
  response.once('close', () => {
    clearTimeout(timer);
    if (!response.writableFinished) {
      controller.abort(new Fault('cancelled', 'the caller has gone'));
    }
  });
  return {
    signal: controller.signal,
    deadline: performance.now() + timeoutMs,
    tolerated: (fault) => {
      log.warn({ err: fault, kind: fault.kind }, 'upstream fault, made up for');
    },
  };
}
