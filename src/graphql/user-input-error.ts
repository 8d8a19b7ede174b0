import { UserInputError } from '../relay/user-input-error.ts';

/**
 * Why an argument was rejected. Part of the public contract: clients read it as
 * `extensions.reason`.
 */
export type UserInputReason =
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

/** Creates the error for a rejected argument that has nothing to do with paging. */
export function userInputError(
  reason: UserInputReason,
  message: string,
  details?: Readonly<Record<string, unknown>>,
): UserInputError<UserInputReason> {
  return new UserInputError(reason, message, details);
}
