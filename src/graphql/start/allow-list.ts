import type { StartRequest } from '../../invocations/starter.ts';

/** The models that may be started and the S3 locations that may be written to. `*` allows all. */
export interface StartAllowList {
  /** Model ids or ARNs. A foundation model's id and ARN are equal. */
  readonly models: readonly string[];
  /** S3 URIs of buckets or folders. */
  readonly outputs: readonly string[];
}

/** Has the shape of the graph's `StartAsyncInvokeUserError`. */
export interface AllowListViolation {
  readonly code: 'MODEL_NOT_ALLOWED' | 'OUTPUT_NOT_ALLOWED';
  readonly field: readonly string[];
  readonly message: string;
  readonly awsRequestId: null;
}

/** Returns what the allow-list forbids about a request; empty when it may be made. */
export function violationsOf(
  { modelId, outputDataConfig }: StartRequest,
  { models, outputs }: StartAllowList,
): AllowListViolation[] {
  const violations: AllowListViolation[] = [];
  if (
    !models.some((model) => model === '*' || canonicalModelId(model) === canonicalModelId(modelId))
  ) {
    violations.push({
      code: 'MODEL_NOT_ALLOWED',
      field: ['input', 'modelId'],
      message: 'This gateway may not start this model: it is not in `START_ALLOWED_MODELS`.',
      awsRequestId: null,
    });
  }
  if (!outputs.some((output) => output === '*' || isInsideFolder(outputDataConfig.s3Uri, output))) {
    violations.push({
      code: 'OUTPUT_NOT_ALLOWED',
      field: ['input', 'outputDataConfig', 's3OutputDataConfig', 's3Uri'],
      message:
        'This gateway may not write results there: the location is not in `START_ALLOWED_OUTPUTS`.',
      awsRequestId: null,
    });
  }
  return violations;
}

/**
 * Returns the id of a foundation model's ARN: such an ARN names no account and says no more than
 * its id.
 */
function canonicalModelId(model: string): string {
  return model.replace(/^arn:[^:]*:bedrock:[^:]*::foundation-model\//, '');
}

/** Compares whole folders: `s3://b/team` contains `s3://b/team/x`, but not `s3://b/teams`. */
function isInsideFolder(s3Uri: string, folder: string): boolean {
  return `${s3Uri}/`.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}
