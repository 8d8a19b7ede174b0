import type { ApolloServerPlugin } from '@apollo/server';
import { OperationTypeNode } from 'graphql';
import { admitOperation, type AdmissionOptions, refusal } from '../limits/admission.ts';
import type { ServerContext } from './server-context.ts';

/** Has every operation admitted before anything of it runs. */
export function admissionPlugin(options: AdmissionOptions): ApolloServerPlugin<ServerContext> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation: async ({ schema, document, operation, request, contextValue }) => {
          if (!operation) return;
          const { caller, record } = contextValue;
          record.operationName = operation.name?.value;
          record.isMutation = operation.operation === OperationTypeNode.MUTATION;
          if (operation.operation === OperationTypeNode.SUBSCRIPTION) {
            const message =
              'This is a stream: connect by WebSocket, or accept `text/event-stream` and nothing else.';
            throw refusal(400, message, { code: 'BAD_REQUEST' }, [operation]);
          }
          const { variables = {} } = request;
          await admitOperation(
            { schema, document, operation, variables },
            caller,
            options,
            (cost) => {
              record.cost = cost;
              record.trace?.startOperation(operation.operation, record.operationName, cost);
            },
          );
        },
      }),
  };
}
