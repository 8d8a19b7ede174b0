import type { IncomingHttpHeaders } from 'node:http';
import { buildQueryString, type HttpHandler, HttpResponse } from '@smithy/core/protocols';
import type { HttpRequest } from '@smithy/core/transport';
import { Agent, type Dispatcher } from 'undici';
import { contextOf } from './call-context.ts';
import { InvalidResponseError } from './invalid-response-error.ts';

export interface HttpLimits {
  /** For one attempt, from connecting to the last byte of the answer. */
  readonly attemptTimeoutMs: number;
  readonly maxResponseBytes: number;
  readonly maxSockets: number;
}

/** How long a connection is kept for the next call, unless the other side says otherwise. */
const KEEP_ALIVE_MS = 60_000;

/**
 * Sends requests over kept-alive HTTP/1.1 and reads every answer whole, within bounds.
 *
 * The SDK's own handlers end their care with the answer's headers: a body that drips outlives the request timeout and the
 * abort signal, and a body of any size is buffered. Here both bounds hold to the last byte. They also cost half a
 * millisecond a call, which is more than reading a page of twenty rows does.
 */
export class UndiciHttpHandler implements HttpHandler {
  readonly metadata = { handlerProtocol: 'http/1.1' };
  readonly #agent: Agent;
  readonly #limits: HttpLimits;

  constructor(limits: HttpLimits) {
    this.#limits = limits;
    this.#agent = new Agent({
      connections: limits.maxSockets,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connect: { timeout: limits.attemptTimeoutMs },
      // The time of an attempt is bounded as a whole.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  async handle(request: HttpRequest): ReturnType<HttpHandler['handle']> {
    const exchange = new ResponseCollector(this.#limits.maxResponseBytes);
    const bounds = contextOf(request);
    const signal = bounds?.signal;
    const abort = () => {
      exchange.fail(errorNamed('AbortError', 'the call was given up', signal?.reason));
    };
    if (signal?.aborted) abort();
    else {
      if (bounds) bounds.attempts += 1;
      this.#agent.dispatch(toDispatchOptions(request), exchange);
    }
    const timer = setTimeout(() => {
      exchange.fail(errorNamed('TimeoutError', 'the attempt timed out'));
    }, this.#limits.attemptTimeoutMs);
    signal?.addEventListener('abort', abort, { once: true });
    try {
      const response = await exchange.response;
      if (bounds && isThrottling(response)) bounds.throttled += 1;
      return { response };
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }

  updateHttpClientConfig(): void {
    // The limits are this product's settings, not the SDK's.
  }

  httpHandlerConfigs(): Record<string, never> {
    return {};
  }

  destroy(): void {
    void this.#agent.destroy();
  }
}

function isThrottling({ statusCode, headers }: HttpResponse): boolean {
  if (statusCode < 400) return false;
  return statusCode === 429 || /throttl/i.test(headers['x-amzn-errortype'] ?? '');
}

function toDispatchOptions(request: HttpRequest): Dispatcher.DispatchOptions {
  const { protocol, hostname, port, path, query, method, headers } = request;
  const search = buildQueryString(query);
  return {
    origin: `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`,
    path: search ? `${path}?${search}` : path,
    method,
    headers,
    body: (request.body ?? null) as string | Uint8Array | null,
  };
}

/** One request and its answer, which comes whole or not at all. */
class ResponseCollector implements Dispatcher.DispatchHandler {
  readonly response: Promise<HttpResponse>;
  readonly #resolve: (response: HttpResponse) => void;
  readonly #reject: (error: Error) => void;
  readonly #maxBytes: number;
  readonly #chunks: Buffer[] = [];
  #length = 0;
  #statusCode = 0;
  #headers: IncomingHttpHeaders = {};
  #controller: Dispatcher.DispatchController | undefined;
  #failure: Error | undefined;

  constructor(maxBytes: number) {
    const { promise, resolve, reject } = Promise.withResolvers<HttpResponse>();
    this.response = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#maxBytes = maxBytes;
  }

  /** Ends it, and the connection with it if it has got one. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#reject(error);
    this.#controller?.abort(error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Given up while it waited for its connection.
    if (this.#failure) controller.abort(this.#failure);
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders) {
    this.#statusCode = status;
    this.#headers = headers;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#length += chunk.length;
    if (this.#length > this.#maxBytes) {
      this.fail(new InvalidResponseError('the answer is larger than allowed'));
    } else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#resolve(
      new HttpResponse({
        statusCode: this.#statusCode,
        headers: toRecord(this.#headers),
        body: Buffer.concat(this.#chunks, this.#length),
      }),
    );
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#reject(networkError(error));
  }
}

function toRecord(headers: IncomingHttpHeaders): Record<string, string> {
  const record: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) record[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return record;
}

/** What undici says of a connection, in the words of the operating system that the SDK's retry strategy goes by. */
const NODE_CODES: Readonly<Record<string, string>> = {
  UND_ERR_CONNECT_TIMEOUT: 'ETIMEDOUT',
  UND_ERR_HEADERS_OVERFLOW: 'HPE_HEADER_OVERFLOW',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'ECONNRESET',
  UND_ERR_SOCKET: 'ECONNRESET',
};

/** The network's errors in one shape. */
function networkError(cause: Error): Error {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === undefined) return cause;
  return Object.assign(errorNamed('NetworkError', message, cause), {
    code: NODE_CODES[code] ?? code,
  });
}

function errorNamed(name: string, message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), { name });
}
