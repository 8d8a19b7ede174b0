/** Why paging arguments were rejected. Public contract: clients read it as `extensions.reason`. */
export type PagingInputReason = 'INVALID_CURSOR' | 'INVALID_PAGE_SIZE' | 'FIRST_AND_LAST';

/**
 * A well-typed argument with a value that cannot be used.
 * The message is written for the caller and never contains the value.
 */
export class UserInputError<Reason extends string = string> extends Error {
  override readonly name = 'UserInputError';
  readonly reason: Reason;
  /** Further fields for the caller's `extensions`, such as the limit that was exceeded. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(reason: Reason, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.reason = reason;
    this.details = details;
  }
}
