import type { ApolloServerPlugin } from '@apollo/server';
import { admitOperation, type AdmissionOptions } from '../limits/admission.ts';
import type { ConcurrentCost } from '../limits/concurrent-cost.ts';
import { PREPAID_COST } from '../limits/rate-limiter.ts';
import { waitForCost } from '../limits/wait-for-cost.ts';
import type { ServerContext } from './server-context.ts';

export interface AdmissionPluginOptions extends Omit<AdmissionOptions, 'prepaidCost'> {
  readonly concurrentCost: ConcurrentCost;
}

/**
 * Admits each operation before any of it runs, and after Apollo Server's CSRF prevention. An
 * operation waits while its caller's other operations use up the caller's share of the gateway.
 */
export function admissionPlugin(
  options: AdmissionPluginOptions,
): ApolloServerPlugin<ServerContext> {
  const admission = { ...options, prepaidCost: PREPAID_COST };
  return {
    requestDidStart: () => {
      let release: () => void = () => undefined;
      return Promise.resolve({
        didResolveOperation: async ({
          contextValue: { caller, record, operation, callContext },
        }) => {
          const { operation: type } = operation.operation;
          let operationCost = 0;
          await admitOperation(operation, caller, admission, (cost) => {
            operationCost = cost;
            record.cost = cost;
            record.trace?.startOperation(type, record.operationName, cost);
          });
          record.isAdmitted = true;
          release = await waitForCost(options.concurrentCost, caller, operationCost, callContext);
          record.onClose(release);
        },
        willSendResponse: () => {
          release();
          return Promise.resolve();
        },
      });
    },
  };
}
