import type { EmulatorKnobs } from '../knobs.ts';
import { AwsError } from '../wire/aws-error.ts';
import {
  canonicalJson,
  isObject,
  listMember,
  member,
  objectMember,
  stringMember,
  type JsonObject,
} from './json-body.ts';
import {
  ACCOUNT_ID,
  IDEMPOTENCY_TOKEN,
  KMS_KEY_ID,
  MAX_TAGS,
  MODEL_IDENTIFIER,
  PUBLISHED_IDEMPOTENCY_TOKEN,
  S3_URI,
  TAG_KEY,
  TAG_VALUE,
} from './constraints.ts';
import { Violations } from './validation.ts';

export interface StartInput {
  readonly clientRequestToken: string | undefined;
  readonly modelId: string;
  readonly s3Uri: string;
  readonly kmsKeyId: string | undefined;
  readonly bucketOwner: string | undefined;
  /** Equal for requests that differ only in their token. */
  readonly fingerprint: string;
}

const TOKEN_CONSTRAINTS = {
  enforced: IDEMPOTENCY_TOKEN,
  published: PUBLISHED_IDEMPOTENCY_TOKEN,
} as const;

export function parseStartInput(body: JsonObject, knobs: EmulatorKnobs): StartInput {
  const clientRequestToken = stringMember(body, 'clientRequestToken');
  const modelId = stringMember(body, 'modelId');
  const violations = new Violations();
  violations.string(
    'clientRequestToken',
    clientRequestToken,
    TOKEN_CONSTRAINTS[knobs.clientRequestTokenPattern],
  );
  violations.required('modelId', modelId);
  violations.string('modelId', modelId, MODEL_IDENTIFIER);
  violations.required('modelInput', member(body, 'modelInput'));
  const output = parseOutput(body, violations);
  const tags = listMember(body, 'tags') ?? [];
  validateTags(tags, violations);
  violations.throwIfAny();
  assertModelInput(body);
  assertTagKeys(tags);
  return {
    ...output,
    clientRequestToken,
    modelId: modelId ?? '',
    fingerprint: fingerprint(body),
  };
}

function parseOutput(body: JsonObject, violations: Violations) {
  const path = 'outputDataConfig';
  const union = objectMember(body, path);
  violations.required(path, union);
  const s3 = union && s3Member(union);
  const s3Uri = s3 && stringMember(s3, 's3Uri');
  const kmsKeyId = s3 && stringMember(s3, 'kmsKeyId');
  const bucketOwner = s3 && stringMember(s3, 'bucketOwner');
  if (s3 !== undefined) violations.required(`${path}.s3OutputDataConfig.s3Uri`, s3Uri);
  violations.string(`${path}.s3OutputDataConfig.s3Uri`, s3Uri, S3_URI);
  violations.string(`${path}.s3OutputDataConfig.kmsKeyId`, kmsKeyId, KMS_KEY_ID);
  violations.string(`${path}.s3OutputDataConfig.bucketOwner`, bucketOwner, ACCOUNT_ID);
  return { s3Uri: s3Uri ?? '', kmsKeyId, bucketOwner };
}

/** In restJson1, a union without exactly one known member is a serialization error. */
function s3Member(union: JsonObject): JsonObject {
  const set = Object.keys(union).filter((name) => member(union, name) !== undefined);
  const s3 = objectMember(union, 's3OutputDataConfig');
  if (set.length !== 1 || s3 === undefined) {
    throw new AwsError(
      'SerializationException',
      'outputDataConfig is a union and must have exactly one member set: s3OutputDataConfig',
    );
  }
  return s3;
}

function validateTags(tags: readonly JsonObject[], violations: Violations): void {
  violations.list('tags', tags, { min: 0, max: MAX_TAGS });
  tags.forEach((tag, index) => {
    const path = `tags.${index + 1}.member`;
    const key = stringMember(tag, 'key');
    const value = stringMember(tag, 'value');
    violations.required(`${path}.key`, key);
    violations.string(`${path}.key`, key, TAG_KEY);
    violations.required(`${path}.value`, value);
    violations.string(`${path}.value`, value, TAG_VALUE);
  });
}

function assertTagKeys(tags: readonly JsonObject[]): void {
  const keys = tags.map((tag) => stringMember(tag, 'key') ?? '');
  if (keys.some((key) => /^aws:/i.test(key))) {
    throw new AwsError(
      'ValidationException',
      'aws: prefixed tag key names are not allowed for external use.',
    );
  }
  if (new Set(keys).size < keys.length) {
    throw new AwsError('ValidationException', 'Duplicate tag keys are not allowed.');
  }
}

function assertModelInput(body: JsonObject): void {
  if (!isObject(member(body, 'modelInput'))) {
    throw new AwsError(
      'ValidationException',
      'Malformed input request: modelInput must be a JSON object, ' +
        'please reformat your input and try again.',
    );
  }
}

function fingerprint(body: JsonObject): string {
  const { modelId, modelInput, outputDataConfig, tags } = body;
  return [modelId, modelInput, outputDataConfig, tags]
    .map((value) => canonicalJson(value ?? null))
    .join();
}
