/** The parts of a global object id, as in Relay's object identification. The id never changes. */
export interface GlobalId {
  readonly type: string;
  readonly key: string;
}

/** Longer ids are rejected without decoding. */
const MAX_GLOBAL_ID_LENGTH = 4096;

/** Reused for ids that fit, because a page encodes one id for each row. */
const encodeBuffer = Buffer.allocUnsafe(512);
const MAX_UTF8_BYTES_PER_UNIT = 3;

export function toGlobalId({ type, key }: GlobalId): string {
  const text = `${type}:${key}`;
  if (text.length * MAX_UTF8_BYTES_PER_UNIT > encodeBuffer.length) {
    return Buffer.from(text).toString('base64url');
  }
  return encodeBuffer.toString('base64url', 0, encodeBuffer.write(text));
}

/** Decodes an id. Returns undefined for text that {@link toGlobalId} cannot have produced. */
export function fromGlobalId(id: string): GlobalId | undefined {
  if (id.length > MAX_GLOBAL_ID_LENGTH) return undefined;
  const text = Buffer.from(id, 'base64url').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) return undefined;
  const globalId = { type: text.slice(0, colon), key: text.slice(colon + 1) };
  return toGlobalId(globalId) === id ? globalId : undefined;
}
