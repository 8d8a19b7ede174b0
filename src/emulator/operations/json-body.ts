import { AwsError } from '../wire/aws-error.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Parses a body as a JSON object. As in restJson1, parse errors come before constraint errors. */
export function parseBody(contentType: string | undefined, body: string): JsonObject {
  if (!/^application\/json\s*(;|$)/i.test(contentType ?? '')) {
    throw new AwsError(
      'UnsupportedMediaTypeException',
      'The content type must be application/json',
    );
  }
  const value = parseJson(body);
  if (!isObject(value)) {
    throw new AwsError('SerializationException', 'Start of structure or map expected');
  }
  return value;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the value of an own member, or undefined. Null counts as absent. */
export function member(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? (object[name] ?? undefined) : undefined;
}

export function stringMember(object: JsonObject, name: string): string | undefined {
  const value = member(object, name);
  if (value === undefined || typeof value === 'string') return value;
  throw new AwsError('SerializationException', `${name} must be a string`);
}

export function objectMember(object: JsonObject, name: string): JsonObject | undefined {
  const value = member(object, name);
  if (value === undefined || isObject(value)) return value;
  throw new AwsError('SerializationException', `${name} must be a structure`);
}

export function listMember(object: JsonObject, name: string): JsonObject[] | undefined {
  const value = member(object, name);
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every(isObject)) return value;
  throw new AwsError('SerializationException', `${name} must be a list of structures`);
}

/** Serializes with sorted members, so that equal requests have equal texts. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name])}`);
  return `{${members.join(',')}}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (cause instanceof SyntaxError) {
      throw new AwsError('SerializationException', 'The request body is not valid JSON');
    }
    throw cause;
  }
}
