import { partitionOf } from '../../invocations/invocation-arn.ts';
import type { S3OutputDataConfig } from '../../invocations/invocation.ts';
import type {
  InvocationStarter,
  JsonObject,
  JsonValue,
  StartRequest,
  Tag,
} from '../../invocations/starter.ts';
import type { UserInputError } from '../../relay/user-input-error.ts';
import { type UserInputReason, userInputError } from '../user-input-error.ts';
import type {
  AsyncInvokeS3OutputDataConfigInput,
  StartAsyncInvokeInput,
} from '../__generated__/types.ts';
import type { RootField } from '../limits/root-fields.ts';

/**
 * Rejects an operation whose `modelInput` is not an object, before any of it runs.
 *
 * @throws {UserInputError} `INVALID_MODEL_INPUT`
 */
export function assertModelInputs(fields: readonly RootField[]): void {
  for (const { name, args } of fields) {
    if (name !== 'startAsyncInvoke') continue;
    const { modelInput } = args.input as StartAsyncInvokeInput;
    if (isObject(modelInput)) continue;
    throw invalid('INVALID_MODEL_INPUT', ['modelInput'], '`modelInput` must be an object.');
  }
}

/**
 * Checks the input against the service model and converts it to a request.
 *
 * @throws {UserInputError} that names the field
 */
export function parseStartInput(
  input: StartAsyncInvokeInput,
  target: AccountAndRegion,
): StartRequest {
  const { modelId, modelInput, outputDataConfig, clientRequestToken, tags } = input;
  checkModelId(modelId, target);
  if (!TOKEN.test(clientRequestToken)) {
    throw invalid(
      'INVALID_CLIENT_REQUEST_TOKEN',
      ['clientRequestToken'],
      '`clientRequestToken` must be 1 to 256 printable ASCII characters without spaces.',
    );
  }
  return {
    modelId,
    modelInput,
    clientRequestToken,
    outputDataConfig: checkS3(outputDataConfig.s3OutputDataConfig),
    tags: checkTags(tags ?? []),
  };
}

/** The account and Region that start invocations. ARNs of models elsewhere are rejected. */
type AccountAndRegion = Pick<InvocationStarter, 'region' | 'accountId'>;

/** `AsyncInvokeIdempotencyToken` of the service model. AWS itself only gets a digest of it. */
const TOKEN = /^[!-~]{1,256}$/;

/** `<provider>.<model>`. An inference profile has a geography in front and does not match. */
const MODEL_ID = /^[a-z0-9-]+\.[A-Za-z0-9][A-Za-z0-9._:-]*$/;
const MODEL_ARN = /^arn:([a-z-]+):bedrock:([a-z0-9-]+):([0-9]{12})?:[a-z-]+\/[A-Za-z0-9._:-]+$/;
/** `AsyncInvokeIdentifier` of the service model. */
const MAX_MODEL_ID_LENGTH = 256;

function checkModelId(modelId: string, { region, accountId }: AccountAndRegion): void {
  if (modelId.length <= MAX_MODEL_ID_LENGTH) {
    if (MODEL_ID.test(modelId)) return;
    const [arn, partition, modelRegion, account = accountId] = MODEL_ARN.exec(modelId) ?? [];
    const isHere = partition === partitionOf(region) && modelRegion === region;
    if (arn !== undefined && isHere && (accountId === undefined || account === accountId)) return;
  }
  throw invalid(
    'INVALID_MODEL_ID',
    ['modelId'],
    '`modelId` must be a model id, or the ARN of a model of this account and Region.',
  );
}

/** A key with `.` or `..` as a segment: tools that treat keys as paths would leave the folder. */
const DOT_SEGMENT = /\/\.{1,2}(?:\/|$)/;
/** Control, format and separator characters, such as those that reverse the text after them. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const KMS_KEY =
  /^arn:aws(?:-[a-z]+)*:kms:[a-z0-9-]+:[0-9]{12}:(?:key\/[A-Za-z0-9-]{36}|alias\/[A-Za-z0-9_/-]{1,256})$/;
const ACCOUNT_ID = /^[0-9]{12}$/;

function checkS3(config: AsyncInvokeS3OutputDataConfigInput): S3OutputDataConfig {
  const { s3Uri, kmsKeyId = null, bucketOwner = null } = config;
  if (DOT_SEGMENT.test(s3Uri) || INVISIBLE.test(s3Uri) || !s3Uri.isWellFormed()) {
    throw invalidOutput(
      's3Uri',
      'must not contain control or invisible characters, or `.` or `..` as a path segment',
    );
  }
  if (kmsKeyId !== null && !KMS_KEY.test(kmsKeyId)) {
    throw invalidOutput('kmsKeyId', 'must be the ARN of an AWS KMS key or alias');
  }
  if (bucketOwner !== null && !ACCOUNT_ID.test(bucketOwner)) {
    throw invalidOutput('bucketOwner', 'must be an AWS account id of 12 digits');
  }
  return { kind: 's3', s3Uri, kmsKeyId, bucketOwner };
}

function invalidOutput(name: string, requirement: string): UserInputError {
  const path = ['outputDataConfig', 's3OutputDataConfig', name];
  return invalid('INVALID_OUTPUT', path, `\`${name}\` ${requirement}.`);
}

const MAX_TAGS = 200;
/** `TagKey` and `TagValue` of the service model, with spaces as the only white space. */
const TAG_KEY = /^(?!aws:)[A-Za-z0-9 ._:/=+@-]{1,128}$/i;
const TAG_VALUE = /^[A-Za-z0-9 ._:/=+@-]{0,256}$/;

function checkTags(tags: readonly Tag[]): Tag[] {
  const keys = new Set(tags.map(({ key }) => key));
  if (tags.length > MAX_TAGS || keys.size < tags.length) {
    throw invalid(
      'INVALID_TAGS',
      ['tags'],
      `\`tags\` must have at most ${MAX_TAGS} entries with distinct keys.`,
    );
  }
  const index = tags.findIndex(({ key, value }) => !TAG_KEY.test(key) || !TAG_VALUE.test(value));
  if (index >= 0) {
    throw invalid(
      'INVALID_TAGS',
      ['tags', index],
      'A tag may use letters, digits, spaces and `._:/=+@-`. Its `key` must have 1 to 128 characters and not ' +
        'begin with `aws:`. Its `value` must have at most 256 characters.',
    );
  }
  return tags.map(({ key, value }) => ({ key, value }));
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(
  reason: UserInputReason,
  path: (string | number)[],
  message: string,
): UserInputError {
  return userInputError(reason, message, { field: ['input', ...path] });
}
