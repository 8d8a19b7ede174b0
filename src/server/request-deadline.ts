import type { ServerResponse } from 'node:http';
import { UpstreamError } from '../invocations/upstream-error.ts';
import type { CallContext } from '../invocations/source.ts';

/** Where what happens upstream is told, and what the caller wants of it. */
export type CallContextOptions = Omit<CallContext, 'signal' | 'deadline'>;

/** The bounds that a request puts on the calls it makes: its deadline, and the caller still being there. */
export function createCallContext(
  response: ServerResponse,
  timeoutMs: number,
  terms: CallContextOptions,
): CallContext {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(new UpstreamError('timeout', 'the deadline of the request has passed'));
  }, timeoutMs);
  response.once('close', () => {
    clearTimeout(timer);
    if (!response.writableFinished) {
      controller.abort(new UpstreamError('cancelled', 'the caller has gone'));
    }
  });
  // Who has left while it was asked who they are is not told of by the event.
  if (response.destroyed) controller.abort(new UpstreamError('cancelled', 'the caller has gone'));
  const { signal } = controller;
  return { ...terms, signal, deadline: performance.now() + timeoutMs };
}

/** A router says how much of its own time is left; it can only shorten what the settings give. */
export function resolveTimeout(header: string | string[] | undefined, timeoutMs: number): number {
  const asked = typeof header === 'string' && /^\d{1,9}$/.test(header) ? Number(header) : timeoutMs;
  return Math.max(1, Math.min(asked, timeoutMs));
}
