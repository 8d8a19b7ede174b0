import { randomUUID } from 'node:crypto';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

export interface HttpErrorDetails {
  /** BAD_REQUEST when absent. */
  readonly code?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** More for the caller. */
  readonly extensions?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** A request refused before it is GraphQL. The message is for the caller. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly statusCode: number;
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(statusCode: number, message: string, details: HttpErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.statusCode = statusCode;
    this.extensions = { code: details.code ?? 'BAD_REQUEST', ...details.extensions };
    this.headers = details.headers ?? {};
  }
}

/** What Fastify refuses by itself, in our words. */
const MESSAGES: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body is larger than allowed.',
  FST_ERR_CTP_INVALID_JSON_BODY: 'The body is not valid JSON.',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'The body is empty.',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'The body does not have the length that was announced.',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'Send the operation as `application/json`.',
};

/** Every refusal of the HTTP layer has the form of a GraphQL response, which is what callers of a graph can read. */
export function useGraphqlErrorHandler(app: FastifyInstance, maxBodyBytes: number): void {
  app.setErrorHandler((error: FastifyError | HttpError, request, reply) =>
    send(reply, toHttpError(error, request, maxBodyBytes)),
  );
  app.setNotFoundHandler((_request, reply) => refuse(reply, 404, 'There is nothing here.'));
}

function toHttpError(
  error: FastifyError | HttpError,
  { log }: FastifyRequest,
  maxBodyBytes: number,
): HttpError {
  if (error instanceof HttpError) {
    if (error.cause !== undefined) log.warn({ err: error }, 'refused for a reason of our own');
    return error;
  }
  const { statusCode = 500, code } = error;
  if (statusCode < 500) {
    const limit = code === 'FST_ERR_CTP_BODY_TOO_LARGE' && {
      extensions: { limit: 'MAX_BODY_BYTES', max: maxBodyBytes },
    };
    return new HttpError(statusCode, MESSAGES[code] ?? 'The request cannot be read.', { ...limit });
  }
  const errorId = randomUUID();
  log.error({ err: error, errorId }, 'internal error');
  return new HttpError(500, 'Something went wrong in the gateway.', {
    code: 'INTERNAL_SERVER_ERROR',
    extensions: { errorId },
  });
}

function send(reply: FastifyReply, error: HttpError): FastifyReply {
  const { statusCode, headers, message, extensions } = error;
  return reply
    .code(statusCode)
    .headers(headers)
    .send({ errors: [{ message, extensions }] });
}

export function refuse(reply: FastifyReply, status: number, message: string): FastifyReply {
  return send(reply, new HttpError(status, message));
}
