import type { AsyncInvokeSummaryResolvers } from './__generated__/types.ts';
import { toInvocationId } from './load-invocation.ts';

/** Fields that are not properties of the record: identity, and what follows from the others. */
export const AsyncInvokeSummary: AsyncInvokeSummaryResolvers = {
  id: toInvocationId,

  /** `arn:...:foundation-model/<id>`, or a provisioned model likewise. */
  modelId: ({ modelArn }) =>
    modelArn?.includes('/') ? modelArn.slice(modelArn.indexOf('/') + 1) : null,

  durationSeconds: ({ submitTime, endTime }) =>
    submitTime === null || endTime === null ? null : (endTime - submitTime) / 1000,
};
