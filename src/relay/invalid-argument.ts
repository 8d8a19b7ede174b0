/** Why an argument of a caller was refused. Part of the public contract: clients read it as `extensions.reason`. */
export type InvalidArgumentReason =
  | 'INVALID_CURSOR'
  | 'INVALID_PAGE_SIZE'
  | 'FIRST_AND_LAST'
  | 'INVALID_FILTER'
  | 'INVALID_ARN'
  | 'INVALID_ID'
  | 'TOO_MANY_IDS'
  | 'TOO_MANY_ARNS'
  | 'INVALID_REPRESENTATION'
  | 'TOO_MANY_REPRESENTATIONS'
  | 'INVALID_MODEL_ID'
  | 'INVALID_MODEL_INPUT'
  | 'INVALID_OUTPUT'
  | 'INVALID_CLIENT_REQUEST_TOKEN'
  | 'INVALID_TAGS';

/** An argument that is well typed but cannot be used. The message is written for the caller and never echoes the value. */
export class InvalidArgument extends Error {
  override readonly name = 'InvalidArgument';
  readonly reason: InvalidArgumentReason;
  /** More for the caller, such as the limit that was exceeded. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    reason: InvalidArgumentReason,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.reason = reason;
    this.details = details;
  }
}
