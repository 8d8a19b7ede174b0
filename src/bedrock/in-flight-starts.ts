import { createHash } from 'node:crypto';
import { UpstreamError } from '../invocations/upstream-error.ts';
import type { CallContext } from '../invocations/source.ts';
import type { StartRequest } from '../invocations/starter.ts';
import { untilAborted } from '../concurrency/abortable.ts';

type StartFn = (call: CallContext) => Promise<string>;

/**
 * The starts that have not been answered yet. A request that comes again meanwhile waits for the same answer. A start
 * that was begun belongs to nobody: it has a time of its own, and goes on when those who wait for it have left.
 */
export class InFlightStarts {
  readonly #timeoutMs: number;
  readonly #starts = new Map<string, Promise<string>>();

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** The ARN, or the reason for which this caller left. */
  async startOnce(request: StartRequest, begin: StartFn, call: CallContext): Promise<string> {
    call.signal.throwIfAborted();
    const key = keyOf(request);
    let start = this.#starts.get(key);
    if (!start) {
      start = this.#start(begin, call).finally(() => this.#starts.delete(key));
      // How it ends may interest nobody any more.
      start.catch(() => undefined);
      this.#starts.set(key, start);
    }
    return untilAborted(start, call.signal);
  }

  async whenIdle(): Promise<void> {
    await Promise.allSettled(this.#starts.values());
  }

  async #start(begin: StartFn, first: CallContext): Promise<string> {
    const controller = new AbortController();
    const timer = setTimeout(() => {
      controller.abort(new UpstreamError('timeout', 'the time of a start has passed'));
    }, this.#timeoutMs);
    const deadline = performance.now() + this.#timeoutMs;
    try {
      return await begin({ ...first, signal: controller.signal, deadline });
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The same for requests that are the same to the letter; whether others with the same token are is for the service to say. */
function keyOf({ modelId, modelInput, outputDataConfig, clientRequestToken, tags }: StartRequest) {
  const { s3Uri, kmsKeyId, bucketOwner } = outputDataConfig;
  const parts = [clientRequestToken, modelId, modelInput, s3Uri, kmsKeyId, bucketOwner, tags];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
