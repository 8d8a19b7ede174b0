import { createHash } from 'node:crypto';
import { untilAborted } from '../concurrency/abortable.ts';
import type { CallContext } from '../invocations/source.ts';
import type { StartRequest } from '../invocations/starter.ts';
import { UpstreamError } from '../invocations/upstream-error.ts';

type StartFn = (call: CallContext) => Promise<string>;

/**
 * The starts that wait for their response. A repeated request waits for the same response. A start
 * has its own timeout, and continues when every caller that waits for it has left.
 */
export class InFlightStarts {
  readonly #timeoutMs: number;
  readonly #starts = new Map<string, Promise<string>>();

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** Returns the ARN, or rejects with the reason for which this caller left. */
  async startOnce(request: StartRequest, startFn: StartFn, call: CallContext): Promise<string> {
    call.signal.throwIfAborted();
    const key = keyOf(request);
    let start = this.#starts.get(key);
    if (!start) {
      start = this.#start(startFn, call).finally(() => this.#starts.delete(key));
      // Prevents an unhandled rejection when every waiter has left.
      start.catch(() => undefined);
      this.#starts.set(key, start);
    }
    return untilAborted(start, call.signal);
  }

  async whenIdle(): Promise<void> {
    await Promise.allSettled(this.#starts.values());
  }

  async #start(startFn: StartFn, firstCall: CallContext): Promise<string> {
    const controller = new AbortController();
    const timer = setTimeout(() => {
      controller.abort(new UpstreamError('timeout', 'the start timed out'));
    }, this.#timeoutMs);
    const deadline = performance.now() + this.#timeoutMs;
    try {
      return await startFn({ ...firstCall, signal: controller.signal, deadline });
    } finally {
      clearTimeout(timer);
    }
  }
}

/**
 * Returns the same key only for identical requests. AWS decides about different requests with the
 * same token.
 */
function keyOf({ modelId, modelInput, outputDataConfig, clientRequestToken, tags }: StartRequest) {
  const { s3Uri, kmsKeyId, bucketOwner } = outputDataConfig;
  const parts = [clientRequestToken, modelId, modelInput, s3Uri, kmsKeyId, bucketOwner, tags];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
