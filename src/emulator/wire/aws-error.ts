/**
 * Status of each error type: first those of the three operations, then those of any AWS service.
 */
const STATUS = {
  AccessDeniedException: 403,
  ConflictException: 400,
  InternalServerException: 500,
  ResourceNotFoundException: 404,
  ServiceQuotaExceededException: 400,
  ServiceUnavailableException: 503,
  ThrottlingException: 429,
  ValidationException: 400,

  IncompleteSignatureException: 403,
  InvalidSignatureException: 403,
  MissingAuthenticationTokenException: 403,
  SerializationException: 400,
  UnknownOperationException: 404,
  UnsupportedMediaTypeException: 415,
} as const;

export type AwsErrorType = keyof typeof STATUS;

/** An error with AWS's type and wording. All other errors become InternalServerException. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly type: AwsErrorType;
  readonly status: number;

  constructor(type: AwsErrorType, message: string) {
    super(message);
    this.type = type;
    this.status = STATUS[type];
  }
}
