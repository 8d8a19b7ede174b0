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
 * Refuses an operation that gives a model something other than an object, before anything of it runs.
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
 * What the caller gave as a request, where the service model and this product can tell that it is well formed.
 *
 * @throws {UserInputError} that names the field.
 */
export function parseStartInput(
  input: StartAsyncInvokeInput,
  place: AccountAndRegion,
): StartRequest {
  const { modelId, modelInput, outputDataConfig, clientRequestToken, tags } = input;
  checkModelId(modelId, place);
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

/** Where it would be started: models of other accounts and regions are not this gateway's to use. */
type AccountAndRegion = Pick<InvocationStarter, 'region' | 'accountId'>;

/** Of the service model, `AsyncInvokeIdempotencyToken`. */
const TOKEN = /^[!-~]{1,256}$/;

/** The provider, a period, and the model's own name. An inference profile has a geography before that. */
const MODEL_ID = /^[a-z0-9-]+\.[A-Za-z0-9][A-Za-z0-9._:-]*$/;
const MODEL_ARN = /^arn:([a-z-]+):bedrock:([a-z0-9-]+):([0-9]{12})?:[a-z-]+\/[A-Za-z0-9._:-]+$/;
/** Of the service model, `AsyncInvokeIdentifier`. */
const MAX_MODEL_ID_LENGTH = 256;

function checkModelId(modelId: string, { region, accountId }: AccountAndRegion): void {
  if (modelId.length <= MAX_MODEL_ID_LENGTH) {
    if (MODEL_ID.test(modelId)) return;
    const [arn, partition, itsRegion, account = accountId] = MODEL_ARN.exec(modelId) ?? [];
    const isHere = partition === partitionOf(region) && itsRegion === region;
    if (arn !== undefined && isHere && (accountId === undefined || account === accountId)) return;
  }
  throw invalid(
    'INVALID_MODEL_ID',
    ['modelId'],
    '`modelId` must be a model’s identifier, or the ARN of one of this account and Region.',
  );
}

/** A key that reads like a path that leads out of its prefix; and what no key should hold. */
const ASTRAY = /\/\.{1,2}(?:\/|$)/;
// eslint-disable-next-line no-control-regex -- they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
const KMS_KEY =
  /^arn:aws(?:-[a-z]+)*:kms:[a-z0-9-]+:[0-9]{12}:(?:key\/[A-Za-z0-9-]{36}|alias\/[A-Za-z0-9_/-]{1,256})$/;
const ACCOUNT_ID = /^[0-9]{12}$/;

function checkS3(config: AsyncInvokeS3OutputDataConfigInput): S3OutputDataConfig {
  const { s3Uri, kmsKeyId = null, bucketOwner = null } = config;
  if (ASTRAY.test(s3Uri) || CONTROL.test(s3Uri) || !s3Uri.isWellFormed()) {
    throw invalidOutput('s3Uri', 'must not hold control characters, nor `.` or `..` as a folder');
  }
  if (kmsKeyId !== null && !KMS_KEY.test(kmsKeyId)) {
    throw invalidOutput('kmsKeyId', 'must be the ARN of an AWS KMS key or alias');
  }
  if (bucketOwner !== null && !ACCOUNT_ID.test(bucketOwner)) {
    throw invalidOutput('bucketOwner', 'must be an account number of twelve digits');
  }
  return { kind: 's3', s3Uri, kmsKeyId, bucketOwner };
}

function invalidOutput(name: string, expectation: string): UserInputError {
  const path = ['outputDataConfig', 's3OutputDataConfig', name];
  return invalid('INVALID_OUTPUT', path, `\`${name}\` ${expectation}.`);
}

const MAX_TAGS = 200;
/** Of the service model, `TagKey` and `TagValue`; where those take any white space, here it is spaces. */
const TAG_KEY = /^(?!aws:)[A-Za-z0-9 ._:/=+@-]{1,128}$/i;
const TAG_VALUE = /^[A-Za-z0-9 ._:/=+@-]{0,256}$/;

function checkTags(tags: readonly Tag[]): Tag[] {
  const keys = new Set(tags.map(({ key }) => key));
  if (tags.length > MAX_TAGS || keys.size < tags.length) {
    throw invalid(
      'INVALID_TAGS',
      ['tags'],
      `\`tags\` must be at most ${MAX_TAGS}, with distinct keys.`,
    );
  }
  const index = tags.findIndex(({ key, value }) => !TAG_KEY.test(key) || !TAG_VALUE.test(value));
  if (index >= 0) {
    throw invalid(
      'INVALID_TAGS',
      ['tags', index],
      'A tag’s `key` and `value` must be at most 128 and 256 letters, digits, spaces and `._:/=+@-`; a `key` must not be ' +
        'empty nor begin with `aws:`.',
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
