/** An object's global identifier, after Relay's object identification: opaque, typed, the same for ever. */
export interface GlobalId {
  readonly type: string;
  readonly key: string;
}

/** Longer identifiers are refused unread. */
const MAX_GLOBAL_ID_LENGTH = 4096;

export function encodeGlobalId({ type, key }: GlobalId): string {
  return Buffer.from(`${type}:${key}`).toString('base64url');
}

/** Reads an identifier back; undefined for anything that {@link encodeGlobalId} cannot have made. */
export function decodeGlobalId(id: string): GlobalId | undefined {
  if (id.length > MAX_GLOBAL_ID_LENGTH) return undefined;
  const text = Buffer.from(id, 'base64url').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) return undefined;
  const globalId = { type: text.slice(0, colon), key: text.slice(colon + 1) };
  return encodeGlobalId(globalId) === id ? globalId : undefined;
}
