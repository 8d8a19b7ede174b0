import { randomUUID } from 'node:crypto';
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';

/** A request refused before it is GraphQL. The message is for the caller. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
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
export function answerErrorsAsGraphql(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError | HttpError, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) {
      const code = 'code' in error ? error.code : '';
      const own = error instanceof HttpError ? error.message : undefined;
      return refuse(reply, status, own ?? MESSAGES[code] ?? 'The request cannot be read.');
    }
    const errorId = randomUUID();
    request.log.error({ err: error, errorId }, 'internal error');
    const extensions = { code: 'INTERNAL_SERVER_ERROR', errorId };
    const message = 'Something went wrong in the gateway.';
    return reply.code(500).send({ errors: [{ message, extensions }] });
  });
  app.setNotFoundHandler((_request, reply) => refuse(reply, 404, 'There is nothing here.'));
}

export function refuse(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).send({ errors: [{ message, extensions: { code: 'BAD_REQUEST' } }] });
}
