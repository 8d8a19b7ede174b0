import { addAbortSignal, Readable } from 'node:stream';
import { NoOpLogger } from '@smithy/core/client';
import type { HttpHandler } from '@smithy/core/protocols';
import type { HttpRequest } from '@smithy/core/transport';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { UnreadableAnswer } from './unreadable-answer.ts';

export interface HttpLimits {
  /** For one attempt, from connecting to the last byte of the answer. */
  readonly attemptTimeoutMs: number;
  readonly maxResponseBytes: number;
  readonly maxSockets: number;
}

type Options = Parameters<HttpHandler['handle']>[1];

/**
 * Sends requests over kept-alive HTTP/1.1 and reads every answer whole, within bounds.
 *
 * The SDK's own handlers end their care with the answer's headers: a body that drips outlives the request timeout and the
 * abort signal, and a body of any size is buffered. Here both bounds hold to the last byte.
 */
export class BoundedHttpHandler implements HttpHandler {
  readonly metadata = { handlerProtocol: 'http/1.1' };
  readonly #inner: NodeHttpHandler;
  readonly #limits: HttpLimits;

  constructor(limits: HttpLimits) {
    const agent = { keepAlive: true, maxSockets: limits.maxSockets };
    this.#limits = limits;
    this.#inner = new NodeHttpHandler({
      connectionTimeout: limits.attemptTimeoutMs,
      httpAgent: agent,
      httpsAgent: agent,
      // It would write to the console, past the log, when requests wait for a connection.
      logger: new NoOpLogger(),
    });
  }

  async handle(request: HttpRequest, options: Options = {}): ReturnType<HttpHandler['handle']> {
    const timeout = new AbortController();
    const timer = setTimeout(() => {
      timeout.abort();
    }, this.#limits.attemptTimeoutMs);
    const caller = options.abortSignal as AbortSignal | undefined;
    const abortSignal = caller ? AbortSignal.any([caller, timeout.signal]) : timeout.signal;
    try {
      const { response } = await this.#inner.handle(request, { ...options, abortSignal });
      response.body = await readWhole(response.body, abortSignal, this.#limits.maxResponseBytes);
      return { response };
    } catch (error) {
      throw timeout.signal.aborted && !caller?.aborted ? timedOut(error) : networkError(error);
    } finally {
      clearTimeout(timer);
    }
  }

  updateHttpClientConfig(): void {
    // The limits are this product's settings, not the SDK's.
  }

  httpHandlerConfigs(): Record<string, never> {
    return {};
  }

  destroy(): void {
    this.#inner.destroy();
  }
}

async function readWhole(body: unknown, signal: AbortSignal, maxBytes: number): Promise<Buffer> {
  if (!(body instanceof Readable)) throw new UnreadableAnswer('the answer has no body');
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of addAbortSignal(signal, body) as AsyncIterable<Buffer>) {
    length += chunk.length;
    // Leaving the loop destroys the stream, and with it the connection.
    if (length > maxBytes) throw new UnreadableAnswer('the answer is larger than allowed');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

/** Named as the SDK's retry strategy knows a timeout. */
function timedOut(cause: unknown): Error {
  return Object.assign(new Error('the attempt timed out', { cause }), { name: 'TimeoutError' });
}

/** The network's errors in one shape, with the code that the SDK's retry strategy goes by. */
function networkError(cause: unknown): unknown {
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  return Object.assign(new Error(message, { cause }), { name: 'NetworkError', code });
}
