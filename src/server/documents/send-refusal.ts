import type { FastifyReply, FastifyRequest } from 'fastify';
import { responseContentType } from '../http/content-negotiation.ts';
import { formatRefusal, type RequestRefusedError } from './refusal.ts';

/** Sends the response for a request that is refused before Apollo Server executes it. */
export function sendRefusal(
  { headers, log, record }: FastifyRequest,
  reply: FastifyReply,
  refusal: RequestRefusedError,
): FastifyReply {
  const errors = refusal.errors.map((error) => formatRefusal(error, log));
  record.errorCodes = [...new Set(errors.map(({ extensions }) => String(extensions?.code)))];
  return reply
    .code(refusal.status)
    .headers(refusal.headers)
    .header('content-type', responseContentType(headers.accept))
    .send({ errors });
}
