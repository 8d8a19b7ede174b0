/** The constraints of the service model (Bedrock Runtime 2023-09-30), as data. Patterns match the whole value. */
export interface StringShape {
  readonly min: number;
  readonly max: number;
  readonly pattern?: string;
  /** Left out of messages where the model marks the shape as sensitive. */
  readonly sensitive?: boolean;
}

export const ACCOUNT_ID: StringShape = { min: 12, max: 12, pattern: '[0-9]{12}' };
/** What the service enforces. It was seen in ValidationException messages in September 2026 and is narrower than the published model. */
export const IDEMPOTENCY_TOKEN: StringShape = {
  min: 1,
  max: 256,
  pattern: '[a-zA-Z0-9](-*[a-zA-Z0-9])*',
};
/** What the published model allows. */
export const PUBLISHED_IDEMPOTENCY_TOKEN: StringShape = { min: 1, max: 256, pattern: '[!-~]*' };
export const MODEL_IDENTIFIER: StringShape = {
  min: 1,
  max: 256,
  pattern: '[a-zA-Z_\\.\\-/0-9:]+',
};
export const INVOCATION_ARN: StringShape = {
  min: 1,
  max: 2048,
  pattern: 'arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:async-invoke/[a-z0-9]{12}',
};
export const KMS_KEY_ID: StringShape = {
  min: 1,
  max: 2048,
  pattern:
    'arn:aws(-[^:]+)?:kms:[a-zA-Z0-9-]*:[0-9]{12}:((key/[a-zA-Z0-9-]{36})|(alias/[a-zA-Z0-9-_/]+))',
};
export const PAGINATION_TOKEN: StringShape = { min: 1, max: 2048, pattern: '\\S*' };
export const S3_URI: StringShape = {
  min: 1,
  max: 1024,
  pattern: 's3://[a-z0-9][\\.\\-a-z0-9]{1,61}[a-z0-9](/.*)?',
};
export const TAG_KEY: StringShape = { min: 1, max: 128, pattern: '[a-zA-Z0-9\\s._:/=+@-]*' };
export const TAG_VALUE: StringShape = { min: 0, max: 256, pattern: '[a-zA-Z0-9\\s._:/=+@-]*' };

export const MAX_TAGS = 200;
export const MAX_RESULTS = { min: 1, max: 1000 } as const;
export const STATUSES = ['InProgress', 'Completed', 'Failed'] as const;
export const SORT_BY = ['SubmissionTime'] as const;
export const SORT_ORDERS = ['Ascending', 'Descending'] as const;
