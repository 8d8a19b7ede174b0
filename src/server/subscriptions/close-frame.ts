import { CloseCode } from 'graphql-ws';
import { HttpError } from '../errors/http-error.ts';
import { reasonOf } from './websocket-refusals.ts';

/** How a socket is closed. Clients do not reconnect after some of the codes. */
export interface CloseFrame {
  readonly code: number;
  /** At most 123 bytes. */
  readonly text: string;
  /** Set if the reason in the log is not BAD_REQUEST. */
  readonly reason?: string;
}

const TRY_AGAIN_LATER = 1013;

export const TOO_LARGE: CloseFrame = {
  code: 1009,
  text: 'Send at most 16 kB before the acknowledgement.',
};
export const INVALID_MESSAGE: CloseFrame = {
  code: CloseCode.BadRequest,
  text: 'Invalid message received',
};
export const NOT_TEXT: CloseFrame = { code: CloseCode.BadRequest, text: 'Send text messages.' };
export const NOT_INITIALIZED: CloseFrame = {
  code: CloseCode.BadRequest,
  text: 'Send `connection_init`, then wait for the acknowledgement.',
};
export const RATE_LIMITED: CloseFrame = {
  code: TRY_AGAIN_LATER,
  text: 'Rate limit exceeded (RATE_LIMIT).',
  reason: 'RATE_LIMIT',
};
/** The client may reconnect with new credentials. */
export const EXPIRED: CloseFrame = { code: CloseCode.Forbidden, text: 'Forbidden' };
/** `graphql-ws` reconnects after this code only if it has a subscription. */
export const IDLE: CloseFrame = {
  code: 1000,
  text: 'No subscription is open (WEBSOCKET_IDLE_TIMEOUT_MS).',
};

/** Returns how an error closes a socket. */
export function toCloseFrame(error: unknown): CloseFrame {
  // A value that is nested too deeply overflows the stack when it is serialized.
  if (error instanceof RangeError) return INVALID_MESSAGE;
  if (!(error instanceof HttpError)) {
    const reason = 'INTERNAL_SERVER_ERROR';
    return { code: CloseCode.InternalServerError, text: 'Internal error', reason };
  }
  const reason = reasonOf(error);
  if (error.statusCode === 401) {
    return { code: CloseCode.Unauthorized, text: 'Unauthorized', reason };
  }
  const isLimited = error.extensions.limit !== undefined;
  return { code: TRY_AGAIN_LATER, text: isLimited ? error.message : 'Try again later', reason };
}
