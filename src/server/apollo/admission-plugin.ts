import type { ApolloServerPlugin } from '@apollo/server';
import { admitOperation, type AdmissionOptions } from '../limits/admission.ts';
import type { ServerContext } from './server-context.ts';

/** Admits each operation before any of it runs, and after Apollo Server's CSRF prevention. */
export function admissionPlugin(options: AdmissionOptions): ApolloServerPlugin<ServerContext> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation: async ({ contextValue: { caller, record, operation } }) => {
          const { operation: type } = operation.operation;
          await admitOperation(operation, caller, options, (cost) => {
            record.cost = cost;
            record.trace?.startOperation(type, record.operationName, cost);
          });
        },
      }),
  };
}
