import { Fault } from '../invocations/fault.ts';
import { parseInvocationArn } from '../invocations/invocation-arn.ts';
import type { Invocation } from '../invocations/invocation.ts';
import { shortened } from '../invocations/shortened-call.ts';
import type { MutationResolvers, StartAsyncInvokeUserError } from './__generated__/types.ts';
import { requireStart } from './access.ts';
import { edgeInList } from './async-invoke-connection.ts';
import type { GraphContext } from './context.ts';
import { InvocationLoader } from './invocation-loader.ts';
import { checkStartInput } from './start-input.ts';
import { refusalsOf } from './start-policy.ts';
import { upstreamToken } from './start-token.ts';

export const Mutation: MutationResolvers = {
  startAsyncInvoke: async (_root, { input }, context) => {
    const { starter, policy, namespace } = requireStart(context);
    const request = checkStartInput(input, starter);
    const refusals = refusalsOf(request, policy);
    if (refusals.length > 0) return refused(refusals);
    const clientRequestToken = upstreamToken(namespace, request.clientRequestToken);
    const started = await starter
      .start({ ...request, clientRequestToken }, context.call)
      .catch(toRefusal);
    if (typeof started !== 'string') return refused([started]);
    const read = context.mayRead ? await readBack(started, context) : null;
    return {
      asyncInvoke: read ?? asStarted(started, clientRequestToken),
      edge: read && edgeInList(read),
      userErrors: [],
    };
  },
};

function refused(userErrors: StartAsyncInvokeUserError[]) {
  return { asyncInvoke: null, edge: null, userErrors };
}

/** Of the time that is left, how much the read may take: the answer that something was started must not be late for it. */
const READ_SHARE = 1 / 2;

/** Null where it could not be read: that is no reason to say that nothing was started. */
async function readBack(
  arn: string,
  { sources, call: { tolerated, ...call } }: GraphContext,
): Promise<Invocation | null> {
  const { call: patience, release } = shortened({ ...call, tolerated }, READ_SHARE);
  try {
    // Whoever repeats a start wants to know how it stands now.
    return await new InvocationLoader(sources, { ...patience, fresh: true }).load(arn);
  } catch (cause) {
    tolerated(cause instanceof Fault ? cause : new Fault('unreadable', 'a defect', { cause }));
    return null;
  } finally {
    release();
  }
}

/** As much as a start alone tells. */
function asStarted(invocationArn: string, clientRequestToken: string): Invocation {
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
function toRefusal(error: unknown): StartAsyncInvokeUserError {
  if (!(error instanceof Fault)) throw error;
  const awsRequestId = error.upstreamRequestId ?? null;
  if (error.kind === 'missing') {
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
