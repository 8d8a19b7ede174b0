import { randomUUID } from 'node:crypto';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { INTERNAL_ERROR, shortenMessage } from './public-error.ts';

export interface HttpErrorOptions {
  /** Defaults to BAD_REQUEST. */
  readonly code?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly extensions?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** Rejects a request before GraphQL executes it. Clients see the message. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly statusCode: number;
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(statusCode: number, message: string, options: HttpErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.statusCode = statusCode;
    this.extensions = { code: options.code ?? 'BAD_REQUEST', ...options.extensions };
    this.headers = options.headers ?? {};
  }
}

export const UNREADABLE_REQUEST = 'The request cannot be read. Check its URL, headers and body.';

/** Messages for the requests that Fastify itself rejects, by Fastify's code. */
const MESSAGES: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body is larger than MAX_BODY_BYTES allows.',
  FST_ERR_CTP_INVALID_JSON_BODY: 'The body is not valid JSON.',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'The body is empty. Send a JSON object with `query`.',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH:
    'The body does not have the length that `content-length` says.',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'Send the operation as `application/json`.',
};

/** Sends every error of the HTTP layer as a GraphQL response, which GraphQL clients can read. */
export function useGraphqlErrorHandler(app: FastifyInstance, maxBodyBytes: number): void {
  app.setErrorHandler((error: FastifyError | HttpError, request, reply) => {
    const httpError = toHttpError(error, request, maxBodyBytes);
    request.record.errorCodes = [String(httpError.extensions.code)];
    return send(reply, httpError);
  });
  app.setNotFoundHandler((_request, reply) => sendError(reply, 404, 'Not found.'));
}

function toHttpError(
  error: FastifyError | HttpError,
  { log }: FastifyRequest,
  maxBodyBytes: number,
): HttpError {
  if (error instanceof HttpError) {
    if (error.cause !== undefined) {
      log.warn({ reason: describe(error.cause) }, 'request rejected: dependency unavailable');
    }
    return error;
  }
  const { statusCode = 500, code } = error;
  if (statusCode < 500) {
    const limit = code === 'FST_ERR_CTP_BODY_TOO_LARGE' && {
      extensions: { limit: 'MAX_BODY_BYTES', max: maxBodyBytes },
    };
    return new HttpError(statusCode, MESSAGES[code] ?? UNREADABLE_REQUEST, { ...limit });
  }
  const errorId = randomUUID();
  log.error({ err: error, errorId }, 'internal error');
  const { code: internalCode, message } = INTERNAL_ERROR;
  return new HttpError(500, message, { code: internalCode, extensions: { errorId } });
}

/** Returns the messages of an error and its causes. The stack would tell operators no more. */
function describe(cause: unknown): string {
  const messages: string[] = [];
  let error = cause;
  while (error instanceof Error && messages.length < MAX_CAUSES) {
    messages.push(error.message);
    error = error.cause;
  }
  return messages.join(': ').slice(0, MAX_REASON_LENGTH);
}

const MAX_CAUSES = 4;
const MAX_REASON_LENGTH = 200;

function send(reply: FastifyReply, error: HttpError): FastifyReply {
  const { statusCode, headers, message, extensions } = error;
  return reply
    .code(statusCode)
    .headers(headers)
    .send({ errors: [{ message: shortenMessage(message), extensions }] });
}

export function sendError(reply: FastifyReply, status: number, message: string): FastifyReply {
  return send(reply, new HttpError(status, message));
}
