import { type ApolloServer, HeaderMap, type HTTPGraphQLRequest } from '@apollo/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { assertPrepared } from '../documents/prepare-operation-hook.ts';
import type { ServerContext } from './server-context.ts';

type ContextFunction = (request: FastifyRequest, reply: FastifyReply) => Promise<ServerContext>;

/**
 * Creates a route handler that lets Apollo Server execute the prepared operation. Apollo Server
 * does not read the request itself, so it cannot read another operation than the pipeline.
 */
export function createApolloHandler(apollo: ApolloServer<ServerContext>, context: ContextFunction) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const { headers, body, status } = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: toHttpGraphqlRequest(request),
      context: () => context(request, reply),
    });
    for (const [name, value] of headers) void reply.header(name, value);
    if (body.kind !== 'complete') throw new Error('unreachable: responses are never incremental');
    return reply.code(status ?? 200).send(body.string);
  };
}

function toHttpGraphqlRequest(request: FastifyRequest): HTTPGraphQLRequest {
  const { query, operationName } = assertPrepared(request);
  const params = { query, ...(operationName !== undefined && { operationName }) };
  const isGet = request.method === 'GET';
  return {
    method: request.method,
    headers: toHeaderMap(request.headers),
    search: isGet ? `?${new URLSearchParams(params).toString()}` : '',
    body: isGet ? undefined : params,
  };
}

function toHeaderMap(headers: FastifyRequest['headers']): HeaderMap {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return map;
}
