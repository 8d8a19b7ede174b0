import {
  StartAsyncInvokeCommand,
  type StartAsyncInvokeCommandInput,
} from '@aws-sdk/client-bedrock-runtime';
import { parseInvocationArn } from '../invocations/invocation-arn.ts';
import type { CallContext } from '../invocations/source.ts';
import type { StartRequest } from '../invocations/starter.ts';
import { callSdk } from './call-sdk.ts';
import type { Upstream } from './sdk/client.ts';
import { InvalidResponseError } from './sdk/invalid-response-error.ts';
import type { JsonObject } from './sdk/raw-json-protocol.ts';

/**
 * Starts an invocation and returns its ARN. The idempotency token is always set, because the SDK
 * would otherwise generate another one for each call, and repeated requests would start again.
 *
 * @throws {UpstreamError}
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

function toArn({ invocationArn }: JsonObject): string {
  if (typeof invocationArn === 'string' && parseInvocationArn(invocationArn)) return invocationArn;
  throw new InvalidResponseError('the response has no valid invocation ARN');
}
