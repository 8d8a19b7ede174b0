import { CloseCode } from 'graphql-ws';

/** Has the shape of a GraphQL error, without a stack. */
export interface DisplayedError {
  readonly message: string;
  readonly extensions?: { readonly code: string };
}

/** Converts a transport error for display in the result pane. */
export function formatError(error: unknown): DisplayedError | readonly unknown[] {
  // GraphQL errors of a rejected subscription.
  if (Array.isArray(error)) return error as unknown[];
  if (error instanceof CloseEvent) return formatCloseEvent(error);
  return { message: error instanceof Error ? error.message : String(error) };
}

const AUTH_CLOSE_CODES: readonly number[] = [CloseCode.Unauthorized, CloseCode.Forbidden];

function formatCloseEvent({ code, reason }: CloseEvent): DisplayedError {
  if (!AUTH_CLOSE_CODES.includes(code))
    return { message: `The connection was closed: ${`${code} ${reason}`.trim()}.` };
  return {
    message: 'The gateway requires a valid token. Enter it under Headers.',
    extensions: { code: 'UNAUTHENTICATED' },
  };
}
