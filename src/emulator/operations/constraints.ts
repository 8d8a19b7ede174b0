/**
 * A constraint of the service model (Bedrock Runtime 2023-09-30). Patterns match the whole value.
 */
export interface StringConstraint {
  readonly min: number;
  readonly max: number;
  readonly pattern?: string;
  /** Sensitive values are left out of error messages. */
  readonly sensitive?: boolean;
}

export const ACCOUNT_ID: StringConstraint = { min: 12, max: 12, pattern: '[0-9]{12}' };
/**
 * The pattern that AWS enforces. It is narrower than that of the published model. Source:
 * ValidationException messages of September 2026.
 */
export const IDEMPOTENCY_TOKEN: StringConstraint = {
  min: 1,
  max: 256,
  pattern: '[a-zA-Z0-9](-*[a-zA-Z0-9])*',
};
/** The pattern of the published model. */
export const PUBLISHED_IDEMPOTENCY_TOKEN: StringConstraint = {
  min: 1,
  max: 256,
  pattern: '[!-~]*',
};
export const MODEL_IDENTIFIER: StringConstraint = {
  min: 1,
  max: 256,
  pattern: '[a-zA-Z_\\.\\-/0-9:]+',
};
export const INVOCATION_ARN: StringConstraint = {
  min: 1,
  max: 2048,
  pattern: 'arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:async-invoke/[a-z0-9]{12}',
};
export const KMS_KEY_ID: StringConstraint = {
  min: 1,
  max: 2048,
  pattern:
    'arn:aws(-[^:]+)?:kms:[a-zA-Z0-9-]*:[0-9]{12}:((key/[a-zA-Z0-9-]{36})|(alias/[a-zA-Z0-9-_/]+))',
};
export const PAGINATION_TOKEN: StringConstraint = { min: 1, max: 2048, pattern: '\\S*' };
export const S3_URI: StringConstraint = {
  min: 1,
  max: 1024,
  pattern: 's3://[a-z0-9][\\.\\-a-z0-9]{1,61}[a-z0-9](/.*)?',
};
export const TAG_KEY: StringConstraint = { min: 1, max: 128, pattern: '[a-zA-Z0-9\\s._:/=+@-]*' };
export const TAG_VALUE: StringConstraint = { min: 0, max: 256, pattern: '[a-zA-Z0-9\\s._:/=+@-]*' };

export const MAX_TAGS = 200;
export const MAX_RESULTS = { min: 1, max: 1000 } as const;
export const STATUSES = ['InProgress', 'Completed', 'Failed'] as const;
export const SORT_BY = ['SubmissionTime'] as const;
export const SORT_ORDERS = ['Ascending', 'Descending'] as const;
