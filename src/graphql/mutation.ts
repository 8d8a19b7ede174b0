import { UpstreamError } from '../invocations/upstream-error.ts';
import { parseInvocationArn } from '../invocations/invocation-arn.ts';
import type { Invocation } from '../invocations/invocation.ts';
import { withTimeShare } from '../invocations/time-share.ts';
import type { MutationResolvers, StartAsyncInvokeUserError } from './__generated__/types.ts';
import { assertCanStart } from './authorization.ts';
import { edgeInDefaultList } from './async-invoke-connection.ts';
import type { GraphContext } from './context.ts';
import { InvocationLoader } from './invocation-loader.ts';
import { parseStartInput } from './start/parse-start-input.ts';
import { violationsOf } from './start/allow-list.ts';
import { toUpstreamIdempotencyToken } from './start/idempotency-token.ts';

export const Mutation: MutationResolvers = {
  startAsyncInvoke: async (_root, { input }, context) => {
    const { starter, allowList, idempotencyScope, countStart } = assertCanStart(context);
    const request = parseStartInput(input, starter);
    const violations = violationsOf(request, allowList);
    if (violations.length > 0) return withUserErrors(violations);
    const clientRequestToken = toUpstreamIdempotencyToken(
      idempotencyScope,
      request.clientRequestToken,
    );
    countStart(clientRequestToken);
    const started = await starter
      .start({ ...request, clientRequestToken }, context.callContext)
      .catch(toUserError);
    if (typeof started !== 'string') return withUserErrors([started]);
    const read = context.canRead ? await loadStarted(started, context) : null;
    return {
      asyncInvoke: read ?? placeholderFor(started, clientRequestToken),
      edge: read && edgeInDefaultList(read),
      userErrors: [],
    };
  },
};

function withUserErrors(userErrors: StartAsyncInvokeUserError[]) {
  return { asyncInvoke: null, edge: null, userErrors };
}

/**
 * Share of the remaining time for reading the invocation back: the response must not miss its
 * deadline.
 */
const READ_TIME_SHARE = 1 / 2;

/**
 * Returns null when the read fails: the start itself has succeeded, so the mutation must not fail.
 */
async function loadStarted(
  arn: string,
  { sources, callContext: { onRecoveredError, ...call } }: GraphContext,
): Promise<Invocation | null> {
  const { call: limited, release } = withTimeShare({ ...call, onRecoveredError }, READ_TIME_SHARE);
  try {
    // A retry of a start wants the current state, not a cached one.
    return await new InvocationLoader(sources, { ...limited, bypassCache: true }).load(arn);
  } catch (cause) {
    onRecoveredError(
      cause instanceof UpstreamError
        ? cause
        : new UpstreamError('invalid_response', 'reading the started invocation failed', { cause }),
    );
    return null;
  } finally {
    release();
  }
}

/** Returns an invocation with only the fields that are known from the start itself. */
function placeholderFor(invocationArn: string, clientRequestToken: string): Invocation {
  const { region = '', accountId = '' } = parseInvocationArn(invocationArn) ?? {};
  return {
    invocationArn,
    region,
    accountId,
    clientRequestToken,
    modelArn: null,
    status: null,
    rawStatus: null,
    failureMessage: null,
    submitTime: null,
    lastModifiedTime: null,
    endTime: null,
    outputDataConfig: null,
  };
}

/**
 * Converts an upstream error about the input to a user error. Its text is dropped, because it may
 * quote the input.
 *
 * @throws every other error
 */
function toUserError(error: unknown): StartAsyncInvokeUserError {
  if (!(error instanceof UpstreamError)) throw error;
  const awsRequestId = error.upstreamRequestId ?? null;
  if (error.kind === 'not_found') {
    const message = 'The model does not exist in this Region.';
    return { code: 'MODEL_NOT_FOUND', field: ['input', 'modelId'], message, awsRequestId };
  }
  if (error.kind === 'invalid') {
    const message =
      'Amazon Bedrock rejected the input. Check that `modelInput` fits the model, and that the bucket is in ' +
      'the same Region and allows Amazon Bedrock to write to it.';
    return { code: 'INPUT_REFUSED', field: null, message, awsRequestId };
  }
  throw error;
}
