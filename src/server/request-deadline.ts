import type { ServerResponse } from 'node:http';
import { UpstreamError } from '../invocations/upstream-error.ts';
import type { CallContext } from '../invocations/source.ts';

export type CallContextOptions = Omit<CallContext, 'signal' | 'deadline'>;

/** Creates the context of a request's upstream calls. They abort at the deadline or disconnect. */
export function createCallContext(
  response: ServerResponse,
  timeoutMs: number,
  options: CallContextOptions,
): CallContext {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(new UpstreamError('timeout', 'the deadline of the request has passed'));
  }, timeoutMs);
  const cancel = () => {
    controller.abort(new UpstreamError('cancelled', 'the client has disconnected'));
  };
  response.once('close', () => {
    clearTimeout(timer);
    if (!response.writableFinished) cancel();
  });
  // The client may have disconnected during authentication, before this listener was added.
  if (response.destroyed) cancel();
  const { signal } = controller;
  return { ...options, signal, deadline: performance.now() + timeoutMs };
}

/** Returns the time for a request. A router's header can shorten it, but never extend it. */
export function resolveTimeout(header: string | string[] | undefined, timeoutMs: number): number {
  const isValid = typeof header === 'string' && /^\d{1,9}$/.test(header);
  return Math.max(1, Math.min(isValid ? Number(header) : timeoutMs, timeoutMs));
}
