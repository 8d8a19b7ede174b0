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
    const { starter, allowList, idempotencyScope } = assertCanStart(context);
    const request = parseStartInput(input, starter);
    const refusals = violationsOf(request, allowList);
    if (refusals.length > 0) return withUserErrors(refusals);
    const clientRequestToken = toUpstreamIdempotencyToken(
      idempotencyScope,
      request.clientRequestToken,
    );
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

/** Of the time that is left, how much the read may take: the answer that something was started must not be late for it. */
const READ_TIME_SHARE = 1 / 2;

/** Null where it could not be read: that is no reason to say that nothing was started. */
async function loadStarted(
  arn: string,
  { sources, callContext: { onRecoveredError, ...call } }: GraphContext,
): Promise<Invocation | null> {
  const { call: patience, release } = withTimeShare({ ...call, onRecoveredError }, READ_TIME_SHARE);
  try {
    // Whoever repeats a start wants to know how it stands now.
    return await new InvocationLoader(sources, { ...patience, bypassCache: true }).load(arn);
  } catch (cause) {
    onRecoveredError(
      cause instanceof UpstreamError
        ? cause
        : new UpstreamError('invalid_response', 'a defect', { cause }),
    );
    return null;
  } finally {
    release();
  }
}

/** As much as a start alone tells. */
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
 * What only the upstream could tell of an input is its giver's business, and not for the log: its text may quote the input.
 *
 * @throws whatever else went wrong.
 */
function toUserError(error: unknown): StartAsyncInvokeUserError {
  if (!(error instanceof UpstreamError)) throw error;
  const awsRequestId = error.upstreamRequestId ?? null;
  if (error.kind === 'not_found') {
    const message = 'Amazon Bedrock knows no such model here.';
    return { code: 'MODEL_NOT_FOUND', field: ['input', 'modelId'], message, awsRequestId };
  }
  if (error.kind === 'invalid') {
    const message =
      'Amazon Bedrock refused this input: `modelInput` may not be what the model asks for, or the bucket not open to it.';
    return { code: 'INPUT_REFUSED', field: null, message, awsRequestId };
  }
  throw error;
}
