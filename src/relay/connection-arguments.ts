import { type Cursor, decodeCursor } from './cursor.ts';
import { type PagingInputReason, UserInputError } from './user-input-error.ts';

/** The four arguments of Relay's cursor connections specification, as GraphQL passes them. */
export interface ConnectionArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/** Requests `limit` rows from one end of the range between `after` and `before`, both exclusive. */
export interface ConnectionRequest {
  readonly from: 'start' | 'end';
  readonly limit: number;
  readonly after?: Cursor;
  readonly before?: Cursor;
}

export const MAX_PAGE_SIZE = 1000;
export const DEFAULT_PAGE_SIZE = 50;

/**
 * Checks the arguments and decodes the cursors. An explicit null is the same as absent.
 *
 * @throws {UserInputError} `FIRST_AND_LAST`, `INVALID_PAGE_SIZE` or `INVALID_CURSOR`.
 */
export function parseConnectionArguments(
  { first, after, last, before }: ConnectionArguments,
  fingerprint: string,
): ConnectionRequest {
  if (first != null && last != null) {
    throw new UserInputError<PagingInputReason>(
      'FIRST_AND_LAST',
      'Use either `first` or `last`, not both.',
    );
  }
  checkPageSize('first', first);
  checkPageSize('last', last);
  return {
    from: last == null ? 'start' : 'end',
    limit: last ?? first ?? DEFAULT_PAGE_SIZE,
    ...(after != null && { after: decodeCursor(after, fingerprint) }),
    ...(before != null && { before: decodeCursor(before, fingerprint) }),
  };
}

function checkPageSize(name: string, size: number | null | undefined): void {
  if (size == null || (Number.isInteger(size) && size >= 1 && size <= MAX_PAGE_SIZE)) return;
  throw new UserInputError<PagingInputReason>(
    'INVALID_PAGE_SIZE',
    `\`${name}\` must be from 1 to ${MAX_PAGE_SIZE}.`,
  );
}
