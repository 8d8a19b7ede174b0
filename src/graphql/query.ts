import { parseInvocationArn } from '../invocations/invocation-arn.ts';
import { InvalidArgument } from '../relay/invalid-argument.ts';
import type { QueryResolvers } from './__generated__/types.ts';
import { readAsyncInvokes } from './async-invoke-connection.ts';

export const Query: Pick<QueryResolvers, 'asyncInvokes' | 'asyncInvoke'> = {
  asyncInvokes: (_root, args, { sources, isSpent, call }) =>
    readAsyncInvokes(sources, args, isSpent, call),

  asyncInvoke: (_root, { invocationArn }, { invocations }) => {
    if (!parseInvocationArn(invocationArn)) {
      throw new InvalidArgument(
        'INVALID_ARN',
        '`invocationArn` must be `arn:<partition>:bedrock:<region>:<account>:async-invoke/<id>`.',
      );
    }
    return invocations.load(invocationArn);
  },
};
