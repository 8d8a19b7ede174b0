import {
  type DocumentNode,
  getOperationAST,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';
import { graphqlRefusal, RequestRefusedError, type RefusalOptions } from './refusal.ts';

/** How a request arrives and how its response is sent. */
export type Transport = 'post' | 'get' | 'sse' | 'websocket';

/** @throws {RequestRefusedError} */
export function selectOperation(
  document: DocumentNode,
  operationName: string | undefined,
): OperationDefinitionNode {
  const operation = getOperationAST(document, operationName);
  if (operation) return operation;
  const hasOperation = document.definitions.some(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  throw refused(
    400,
    'OPERATION_RESOLUTION_FAILURE',
    !hasOperation
      ? 'The document has no operation.'
      : operationName === undefined
        ? '`operationName` is required: the document has several operations.'
        : '`operationName` must be the name of an operation in the document.',
  );
}

/**
 * Checks that the transport carries operations of this type, and that the schema has them.
 *
 * @throws {RequestRefusedError}
 */
export function assertOperationType(
  operation: OperationDefinitionNode,
  transport: Transport,
  schema: GraphQLSchema,
): void {
  const type = operation.operation;
  const isStream = transport === 'sse' || transport === 'websocket';
  if (isStream && type !== OperationTypeNode.SUBSCRIPTION) {
    throw refused(
      406,
      'BAD_REQUEST',
      'Send queries and mutations with POST and `Accept: application/json`. ' +
        'Only subscriptions are streams.',
      { nodes: [operation] },
    );
  }
  if (!isStream && type === OperationTypeNode.SUBSCRIPTION) {
    throw refused(
      400,
      'BAD_REQUEST',
      'Subscriptions need a WebSocket, or `Accept: text/event-stream` as the only media type.',
      { nodes: [operation] },
    );
  }
  if (transport === 'get' && type === OperationTypeNode.MUTATION) {
    const headers = { allow: 'POST' };
    throw refused(405, 'BAD_REQUEST', 'Send mutations with POST.', { headers, nodes: [operation] });
  }
  assertRootType(operation, schema);
}

/** @throws {RequestRefusedError} for an operation of a type that the schema does not have. */
export function assertRootTypes({ definitions }: DocumentNode, schema: GraphQLSchema): void {
  for (const definition of definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) assertRootType(definition, schema);
  }
}

/** graphql-js 16 accepts a document with such an operation, and fails to execute it. */
function assertRootType(operation: OperationDefinitionNode, schema: GraphQLSchema): void {
  const type = operation.operation;
  if (schema.getRootType(type)) return;
  const message = `This graph has no ${type} operations.`;
  throw refused(400, 'GRAPHQL_VALIDATION_FAILED', message, { nodes: [operation] });
}

function refused(
  status: number,
  code: string,
  message: string,
  options: RefusalOptions = {},
): RequestRefusedError {
  return new RequestRefusedError([graphqlRefusal(status, message, { code }, options)]);
}
