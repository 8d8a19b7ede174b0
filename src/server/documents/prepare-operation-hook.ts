import type { FastifyInstance, FastifyRequest } from 'fastify';
import { OperationTypeNode } from 'graphql';
import type { DocumentPipeline, PreparedOperation } from './document-pipeline.ts';
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
export function prepareOperations(scope: FastifyInstance, pipeline: DocumentPipeline): void {
  scope.decorateRequest('preparedOperation', undefined);
  scope.addHook('preHandler', (request, reply, done) => {
    try {
      if (isGraphqlMethod(request)) request.preparedOperation = prepare(request, pipeline);
      done();
    } catch (error) {
      if (error instanceof RequestRefusedError) sendRefusal(request, reply, error);
      else throw error;
    }
  });
}

/** Other methods reach a route that responds with 405. */
export function isGraphqlMethod({ method }: Pick<FastifyRequest, 'method'>): boolean {
  return method === 'POST' || method === 'GET';
}

function prepare(request: FastifyRequest, pipeline: DocumentPipeline): PreparedOperation {
  const { method, body, url, record } = request;
  const identity = record.caller?.identity ?? '';
  const prepared =
    method === 'POST'
      ? pipeline.prepare(readParams(body), 'post', { identity })
      : pipeline.prepare(readUrlParams(url), 'get', { identity });
  const { operation } = prepared;
  record.operationName = operation.name?.value;
  record.isMutation = operation.operation === OperationTypeNode.MUTATION;
  return prepared;
}

export function assertPrepared({
  preparedOperation,
}: Pick<FastifyRequest, 'preparedOperation'>): PreparedOperation {
  if (!preparedOperation) throw new Error('unreachable: the operation was not prepared');
  return preparedOperation;
}
