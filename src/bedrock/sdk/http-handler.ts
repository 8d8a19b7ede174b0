import type { IncomingHttpHeaders } from 'node:http';
import { buildQueryString, type HttpHandler, HttpResponse } from '@smithy/core/protocols';
import type { HttpRequest } from '@smithy/core/transport';
import { Agent, type Dispatcher } from 'undici';
import { contextOf } from './call-context.ts';
import { InvalidResponseError } from './invalid-response-error.ts';

export interface HttpLimits {
  /** Maximum duration of one attempt, from connecting to the last byte of the response. */
  readonly attemptTimeoutMs: number;
  readonly maxResponseBytes: number;
  readonly maxSockets: number;
}

/** How long an idle connection is kept, unless the server asks for less. */
const KEEP_ALIVE_MS = 60_000;

/**
 * Sends requests over persistent HTTP/1.1 connections and reads each response whole, within limits.
 *
 * The SDK's handlers apply their limits up to the headers of the response: a slow body outlives the
 * request timeout and the abort signal, and a body of any size is buffered. Here the limits apply
 * to the last byte. The SDK's handlers also cost half a millisecond a call, which is more than
 * reading a page of twenty rows.
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
      // `attemptTimeoutMs` limits the attempt as a whole.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  async handle(request: HttpRequest): ReturnType<HttpHandler['handle']> {
    const collector = new ResponseCollector(this.#limits.maxResponseBytes);
    const context = contextOf(request);
    const signal = context?.signal;
    const abort = () => {
      collector.fail(errorNamed('AbortError', 'the call was aborted', signal?.reason));
    };
    if (signal?.aborted) abort();
    else {
      if (context) context.attempts += 1;
      this.#agent.dispatch(toDispatchOptions(request), collector);
    }
    const timer = setTimeout(() => {
      collector.fail(errorNamed('TimeoutError', 'the attempt timed out'));
    }, this.#limits.attemptTimeoutMs);
    signal?.addEventListener('abort', abort, { once: true });
    try {
      const response = await collector.response;
      if (context && isThrottling(response)) context.throttled += 1;
      return { response };
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }

  updateHttpClientConfig(): void {
    // The limits come from the constructor, not from the configuration of the SDK.
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

/** Collects the response to one request. It resolves with the whole response, or rejects. */
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

  /** Rejects the response, and closes the connection if there is one already. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#reject(error);
    this.#controller?.abort(error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // The request failed while it waited for a connection.
    if (this.#failure) controller.abort(this.#failure);
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders) {
    this.#statusCode = status;
    this.#headers = headers;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#length += chunk.length;
    if (this.#length > this.#maxBytes) {
      this.fail(new InvalidResponseError('the response is larger than allowed'));
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

/** Maps undici's error codes to those of Node, which the SDK's retry strategy knows. */
const NODE_CODES: Readonly<Record<string, string>> = {
  UND_ERR_CONNECT_TIMEOUT: 'ETIMEDOUT',
  UND_ERR_HEADERS_OVERFLOW: 'HPE_HEADER_OVERFLOW',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'ECONNRESET',
  UND_ERR_SOCKET: 'ECONNRESET',
};

/** Renames network errors to one name, with a Node error code. */
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
