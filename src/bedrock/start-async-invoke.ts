import {
  StartAsyncInvokeCommand,
  type StartAsyncInvokeCommandInput,
} from '@aws-sdk/client-bedrock-runtime';
import { parseInvocationArn } from '../invocations/invocation-arn.ts';
import type { CallContext } from '../invocations/source.ts';
import type { StartRequest } from '../invocations/starter.ts';
import type { Upstream } from './sdk/client.ts';
import { callSdk } from './call-sdk.ts';
import { InvalidResponseError } from './sdk/invalid-response-error.ts';

/**
 * Starts an invocation and gives its ARN. The token is always set, so that the SDK, which would make up one for each call,
 * sends the same one in each attempt of it and of those that repeat it.
 *
 * @throws {Fault}
 */
export function startAsyncInvoke(
  { client, region }: Upstream,
  request: StartRequest,
  call: CallContext,
): Promise<string> {
  const input = toInput(request);
  const send = () => client.send(new StartAsyncInvokeCommand(input));
  const describeEffect = (startedArn: string) => ({ startedArn });
  return callSdk({ name: 'StartAsyncInvoke', region, input, send, describeEffect }, call, toArn);
}

function toInput(request: StartRequest): StartAsyncInvokeCommandInput {
  const { modelId, modelInput, clientRequestToken, tags } = request;
  const { s3Uri, kmsKeyId, bucketOwner } = request.outputDataConfig;
  return {
    modelId,
    modelInput,
    clientRequestToken,
    outputDataConfig: {
      s3OutputDataConfig: {
        s3Uri,
        ...(kmsKeyId !== null && { kmsKeyId }),
        ...(bucketOwner !== null && { bucketOwner }),
      },
    },
    ...(tags.length > 0 && { tags: [...tags] }),
  };
}

function toArn({ invocationArn }: Readonly<Record<string, unknown>>): string {
  if (typeof invocationArn === 'string' && parseInvocationArn(invocationArn)) return invocationArn;
  throw new InvalidResponseError('the answer names no invocation');
}
