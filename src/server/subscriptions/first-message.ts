import { isJsonWithinLimits } from '../../graphql/scalars/json-limits.ts';
import { type CloseFrame, INVALID_MESSAGE, NOT_INITIALIZED, TOO_LARGE } from './close-frame.ts';

/** Tokens are smaller than this. */
export const MAX_FIRST_BYTES = 16_384;

/** The protocol has close codes for these when they come too early, and graphql-ws sends them. */
const CHECKED_BY_PROTOCOL: ReadonlySet<unknown> = new Set(['connection_init', 'subscribe']);

/** Returns why a client that is not authenticated may not send a message. */
export function checkFirstMessage(data: Buffer): CloseFrame | undefined {
  if (data.length > MAX_FIRST_BYTES) return TOO_LARGE;
  const message = parse(data.toString('utf8'));
  if (typeof message !== 'object' || message === null || !isJsonWithinLimits(message)) {
    return INVALID_MESSAGE;
  }
  const isExpected = 'type' in message && CHECKED_BY_PROTOCOL.has(message.type);
  return isExpected ? undefined : NOT_INITIALIZED;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
