/** An object's global identifier, after Relay's object identification: opaque, typed, the same for ever. */
export interface GlobalId {
  readonly type: string;
  readonly key: string;
}

/** Longer identifiers are refused unread. */
const MAX_GLOBAL_ID_LENGTH = 4096;

/** Where the text of an identifier is made bytes of, if it fits. A page has an identifier for each row. */
const scratch = Buffer.allocUnsafe(512);

export function toGlobalId({ type, key }: GlobalId): string {
  const text = `${type}:${key}`;
  if (text.length * 3 > scratch.length) return Buffer.from(text).toString('base64url');
  return scratch.toString('base64url', 0, scratch.write(text));
}

/** Reads an identifier back; undefined for anything that {@link toGlobalId} cannot have made. */
export function fromGlobalId(id: string): GlobalId | undefined {
  if (id.length > MAX_GLOBAL_ID_LENGTH) return undefined;
  const text = Buffer.from(id, 'base64url').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) return undefined;
  const globalId = { type: text.slice(0, colon), key: text.slice(colon + 1) };
  return toGlobalId(globalId) === id ? globalId : undefined;
}
