import { CloseCode } from 'graphql-ws';

/** In the form of a GraphQL error, without a stack. */
export interface ShownError {
  readonly message: string;
  readonly extensions?: { readonly code: string };
}

/** What went wrong on the way, in words for who looks at the result. */
export function toShownError(error: unknown): ShownError | readonly unknown[] {
  // The errors of a subscription that the gateway refused.
  if (Array.isArray(error)) return error as unknown[];
  if (error instanceof CloseEvent) return ofClose(error);
  return { message: error instanceof Error ? error.message : String(error) };
}

const WITHOUT_TOKEN: readonly number[] = [CloseCode.Unauthorized, CloseCode.Forbidden];

function ofClose({ code, reason }: CloseEvent): ShownError {
  if (!WITHOUT_TOKEN.includes(code))
    return { message: `The connection was closed: ${`${code} ${reason}`.trim()}.` };
  return {
    message: 'The gateway wants a valid token. It goes under Headers.',
    extensions: { code: 'UNAUTHENTICATED' },
  };
}
