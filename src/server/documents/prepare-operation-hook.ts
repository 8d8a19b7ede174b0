import type { FastifyInstance, FastifyRequest } from 'fastify';
import { OperationTypeNode } from 'graphql';
import type { PreparedOperation } from './document-pipeline.ts';
import type { DocumentQueue } from './document-queue.ts';
import { readParams, readUrlParams } from './params.ts';
import { RequestRefusedError } from './refusal.ts';
import { sendRefusal } from './send-refusal.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set once all checks of the document and its variables have passed. */
    preparedOperation: PreparedOperation | undefined;
  }
}

/**
 * Prepares the operation of each POST and GET, so that Apollo Server receives only operations that
 * can be executed. Register this after the response cache, whose hits need no operation.
 */
export function prepareOperations(scope: FastifyInstance, documents: DocumentQueue): void {
  scope.decorateRequest('preparedOperation', undefined);
  scope.addHook('preHandler', async (request, reply) => {
    if (!isGraphqlMethod(request)) return undefined;
    try {
      await prepare(request, documents);
      return undefined;
    } catch (error) {
      if (error instanceof RequestRefusedError) return sendRefusal(request, reply, error);
      throw error;
    }
  });
}

/** Other methods reach a route that responds with 405. */
export function isGraphqlMethod({ method }: Pick<FastifyRequest, 'method'>): boolean {
  return method === 'POST' || method === 'GET';
}

async function prepare(request: FastifyRequest, documents: DocumentQueue): Promise<void> {
  const { method, body, bodyText, url, record } = request;
  const identity = record.caller?.identity ?? '';
  const isPost = method === 'POST';
  const prepared = await documents.prepare({
    params: isPost ? readParams(body) : readUrlParams(url),
    transport: isPost ? 'post' : 'get',
    identity,
    isLarge: isPost && bodyText === undefined,
  });
  const { operation } = prepared;
  record.operationName = operation.name?.value;
  record.isMutation = operation.operation === OperationTypeNode.MUTATION;
  request.preparedOperation = prepared;
}

export function assertPrepared({
  preparedOperation,
}: Pick<FastifyRequest, 'preparedOperation'>): PreparedOperation {
  if (!preparedOperation) throw new Error('unreachable: the operation was not prepared');
  return preparedOperation;
}
