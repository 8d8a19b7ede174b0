import { foundationModelArn, type Account } from '../account.ts';
import { AwsError } from '../wire/aws-error.ts';
import { parseBody } from './json-body.ts';
import type { OperationContext, OperationRequest } from './operation.ts';
import { parseStartInput } from './start-input.ts';

export function startAsyncInvoke(request: OperationRequest, context: OperationContext) {
  const input = parseStartInput(parseBody(request.contentType, request.body), context.knobs);
  const modelArn = resolveModel(input.modelId, context.account);
  const token = input.clientRequestToken;
  const existing = context.idempotency.find(token, input.fingerprint);
  if (existing !== undefined) return { invocationArn: existing };

  const { invocationArn } = context.generator.start({
    modelArn,
    clientRequestToken: token ?? null,
    s3Prefix: input.s3Uri,
    kmsKeyId: input.kmsKeyId ?? null,
    bucketOwner: input.bucketOwner ?? null,
  });
  context.idempotency.remember(token, input.fingerprint, invocationArn);
  return { invocationArn };
}

const MODEL_ARN =
  /^arn:[a-z0-9-]+:bedrock:([a-z0-9-]*):[0-9]*:(?:provisioned-model|foundation-model)\/.+$/;
const MODEL_ID = /^[a-z0-9-]+\.[a-zA-Z0-9_.:-]+$/;

/**
 * Returns the ARN of a model from its ARN or from its id, such as `amazon.nova-reel-v1:1`. It does
 * not check that the model exists.
 */
function resolveModel(modelId: string, account: Account): string {
  const region = MODEL_ARN.exec(modelId)?.[1];
  if (region === account.region) return modelId;
  if (region === undefined && MODEL_ID.test(modelId)) return foundationModelArn(account, modelId);
  throw new AwsError('ValidationException', 'The provided model identifier is invalid.');
}
