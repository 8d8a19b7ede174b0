import type { StartRequest } from '../../invocations/starter.ts';
import type { StartAsyncInvokeUserError } from '../__generated__/types.ts';

/** What may be started, and where results may go. `*` stands for anything. */
export interface StartAllowList {
  /** Identifiers or ARNs. A foundation model's two names are one. */
  readonly models: readonly string[];
  /** S3 URIs of buckets, or of folders in them. */
  readonly outputs: readonly string[];
}

/** Why a request may not be made; empty where it may. */
export function violationsOf(
  { modelId, outputDataConfig }: StartRequest,
  { models, outputs }: StartAllowList,
): StartAsyncInvokeUserError[] {
  const refusals: StartAsyncInvokeUserError[] = [];
  if (
    !models.some((model) => model === '*' || canonicalModelId(model) === canonicalModelId(modelId))
  ) {
    refusals.push({
      code: 'MODEL_NOT_ALLOWED',
      field: ['input', 'modelId'],
      message: 'This gateway does not start this model.',
      awsRequestId: null,
    });
  }
  if (!outputs.some((output) => output === '*' || isInsideFolder(outputDataConfig.s3Uri, output))) {
    refusals.push({
      code: 'OUTPUT_NOT_ALLOWED',
      field: ['input', 'outputDataConfig', 's3OutputDataConfig', 's3Uri'],
      message: 'This gateway does not have results written to this place.',
      awsRequestId: null,
    });
  }
  return refusals;
}

/** A foundation model belongs to no account, and its ARN says no more than its identifier. */
function canonicalModelId(model: string): string {
  return model.replace(/^arn:[^:]*:bedrock:[^:]*::foundation-model\//, '');
}

/** Folders, not prefixes: `s3://b/team` holds `s3://b/team/x` and not `s3://b/teams`. */
function isInsideFolder(s3Uri: string, folder: string): boolean {
  return `${s3Uri}/`.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}
