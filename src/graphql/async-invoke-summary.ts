import type { AsyncInvokeSummaryResolvers } from './__generated__/types.ts';
import { toInvocationId } from './load-invocation.ts';

/** Fields that are computed from the record: the global id, the model id and the duration. */
export const AsyncInvokeSummary: AsyncInvokeSummaryResolvers = {
  id: toInvocationId,

  /**
   * The part after the slash of `arn:...:foundation-model/<id>` or of a provisioned model's ARN.
   */
  modelId: ({ modelArn }) =>
    modelArn?.includes('/') ? modelArn.slice(modelArn.indexOf('/') + 1) : null,

  durationSeconds: ({ submitTime, endTime }) =>
    submitTime === null || endTime === null ? null : (endTime - submitTime) / 1000,
};
