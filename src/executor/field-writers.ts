import {
  type FieldNode,
  type GraphQLError,
  GraphQLID,
  type GraphQLLeafType,
  GraphQLString,
  isEnumType,
  locatedError,
} from 'graphql';
import { JsonSlice } from './json-slice.ts';
import { appendJson, JsonBuffer, appendQuoted } from './json-buffer.ts';

export type Values = Readonly<Record<string, unknown>>;
export type Key = string | number;

/**
 * What became of a value: whether it was written and is not null, or, where it takes longer, the
 * JSON that is to stand where nothing has been written yet.
 */
export type WriteResult = boolean | Promise<JsonSlice>;

/** What one execution shares. */
export interface Execution {
  readonly context: unknown;
  readonly variables: Values;
  readonly errors: GraphQLError[];
}

/**
 * Where in the answer an execution is: the first `depth` keys; what lies behind them is old. One
 * array serves a whole execution, because it goes depth first; only what goes on later takes a copy
 * with it.
 */
export type Path = Key[];

/** Writes a value, or the fields of an object. */
export type ValueWriter = (
  value: unknown,
  run: Execution,
  trail: Path,
  depth: number,
) => WriteResult;
export type FieldNodes = readonly [FieldNode, ...FieldNode[]];

/** Reads the value of a field. */
export type ValueReader = (source: unknown, run: Execution, trail: Path, depth: number) => unknown;

export interface CompiledField {
  readonly key: string;
  /** What stands before the value: its name, and a comma if another is before it. */
  readonly text: string;
  readonly nodes: FieldNodes;
  readonly nullable: boolean;
  readonly read: ValueReader;
  /** Writes the value that was read. */
  readonly complete: ValueWriter;
}

/**
 * One for all: an execution writes without a pause, and takes what it has written along when it
 * makes one.
 */
const buffer = new JsonBuffer();

const NULL = Buffer.from('null');

export function jsonNull(): JsonSlice {
  return JsonSlice.of(NULL);
}

/** The JSON that a writing comes to. */
export function capture(write: () => WriteResult): JsonSlice | Promise<JsonSlice> {
  const start = buffer.length;
  try {
    const outcome = write();
    return typeof outcome === 'boolean' ? buffer.take(start) : outcome;
  } catch (error) {
    buffer.truncate(start);
    throw error;
  }
}

export function writeNull(): boolean {
  buffer.raw('null');
  return false;
}

export function constant(json: string): ValueWriter {
  return () => {
    buffer.raw(json);
    return true;
  };
}

export function leaf(type: GraphQLLeafType): ValueWriter {
  const textOf = leafText(type, '');
  return (value) => {
    buffer.raw(textOf(value));
    return true;
  };
}

/** What a value of a leaf type is as JSON, behind other text. */
function leafText(type: GraphQLLeafType, before: string): (value: unknown) => string {
  const textOf = (value: unknown) => {
    const serialized: unknown = type.serialize(value);
    if (serialized == null) throw new Error(`${type.name} gave nothing for a value.`);
    return appendJson(before, serialized);
  };
  if (isEnumType(type)) {
    const known = new Map<unknown, string>(
      type.getValues().map(({ name, value }) => [value, `${before}"${name}"`]),
    );
    return (value) => known.get(value) ?? textOf(value);
  }
  if (type.serialize === GraphQLString.serialize || type.serialize === GraphQLID.serialize) {
    const quote = `${before}"`;
    let last: unknown;
    let lastText = '';
    return (value) => {
      if (typeof value !== 'string') return textOf(value);
      if (value !== last) {
        lastText = appendQuoted(quote, value);
        last = value;
      }
      return lastText;
    };
  }
  return textOf;
}

export function nonNull(write: ValueWriter, name: string): ValueWriter {
  const complain = () => new Error(`Cannot return null for non-nullable field ${name}.`);
  return (value, run, trail, depth) => {
    const outcome = write(value, run, trail, depth);
    if (outcome === true) return true;
    if (outcome === false) throw complain();
    return outcome.then((json) => {
      if (isNull(json)) throw complain();
      return json;
    });
  };
}

function isNull(json: JsonSlice): boolean {
  return json.bytes.equals(NULL);
}

/** Writes one field of an object. */
export function field({ key, text, nodes, nullable, read, complete }: CompiledField): ValueWriter {
  return (source, run, trail, depth) => {
    trail[depth] = key;
    buffer.raw(text);
    let value: unknown;
    try {
      value = read(source, run, trail, depth);
    } catch (error) {
      return writeNullForError(error, nodes, run, trail.slice(0, depth + 1), nullable);
    }
    return writeValueAtPath(value, complete, nodes, run, trail, depth, nullable);
  };
}

/**
 * The same for a field of a leaf type. Of most the value is there at once, or a null that may be
 * one.
 */
export function leafField(plan: CompiledField, type: GraphQLLeafType): ValueWriter {
  const { key, text, nodes, nullable, read, complete } = plan;
  const textOf = leafText(type, text);
  const nullText = `${text}null`;
  return (source, run, trail, depth) => {
    trail[depth] = key;
    let value: unknown;
    try {
      value = read(source, run, trail, depth);
      if (typeof value === 'string' || typeof value === 'number') {
        buffer.raw(textOf(value));
        return true;
      }
    } catch (error) {
      buffer.raw(text);
      return writeNullForError(error, nodes, run, trail.slice(0, depth + 1), nullable);
    }
    if (value == null && nullable) {
      buffer.raw(nullText);
      return false;
    }
    buffer.raw(text);
    return writeValueAtPath(value, complete, nodes, run, trail, depth, nullable);
  };
}

export function writeFields(
  fields: readonly ValueWriter[],
  source: unknown,
  run: Execution,
  trail: Path,
  depth: number,
): WriteResult {
  const start = buffer.length;
  let gaps: PendingSegment[] | undefined;
  buffer.raw('{');
  try {
    for (const write of fields) {
      const outcome = write(source, run, trail, depth);
      if (typeof outcome !== 'boolean')
        (gaps ??= []).push({ at: buffer.length - start, json: outcome });
    }
  } catch (error) {
    return rethrowWhenSettled(gaps, start, error);
  }
  buffer.raw('}');
  return gaps ? fillPending(gaps, start) : true;
}

export function writeItems(
  items: Iterable<unknown>,
  write: ValueWriter,
  nodes: FieldNodes,
  run: Execution,
  trail: Path,
  depth: number,
  nullable: boolean,
): WriteResult {
  const start = buffer.length;
  let gaps: PendingSegment[] | undefined;
  let index = 0;
  buffer.raw('[');
  for (const item of items) {
    if (index > 0) buffer.raw(',');
    trail[depth] = index;
    index += 1;
    try {
      const outcome = writeValueAtPath(item, write, nodes, run, trail, depth, nullable);
      if (typeof outcome !== 'boolean')
        (gaps ??= []).push({ at: buffer.length - start, json: outcome });
    } catch (error) {
      return rethrowWhenSettled(gaps, start, error);
    }
  }
  buffer.raw(']');
  return gaps ? fillPending(gaps, start) : true;
}

/** Writes a value whose key is the last of the trail, or a null in its place. */
export function writeValueAtPath(
  value: unknown,
  write: ValueWriter,
  nodes: FieldNodes,
  run: Execution,
  trail: Path,
  depth: number,
  nullable: boolean,
): WriteResult {
  const start = buffer.length;
  try {
    const later = isPromise(value) ? trail.slice(0, depth + 1) : undefined;
    const outcome = later
      ? (value as Promise<unknown>).then((resolved) =>
          capture(() => write(resolved, run, later, depth + 1)),
        )
      : write(value, run, trail, depth + 1);
    if (typeof outcome === 'boolean') return outcome;
    const path = later ?? trail.slice(0, depth + 1);
    return outcome.catch((error: unknown) => {
      recordError(error, nodes, run, path, nullable);
      return jsonNull();
    });
  } catch (error) {
    buffer.truncate(start);
    return writeNullForError(error, nodes, run, trail.slice(0, depth + 1), nullable);
  }
}

export function writeNullForError(
  error: unknown,
  nodes: FieldNodes,
  run: Execution,
  path: readonly Key[],
  nullable: boolean,
): boolean {
  recordError(error, nodes, run, path, nullable);
  return writeNull();
}

/** An error becomes a null where one may be, and else its parent's. */
function recordError(
  cause: unknown,
  nodes: FieldNodes,
  { errors }: Execution,
  path: readonly Key[],
  nullable: boolean,
): void {
  const error = locatedError(cause, nodes, path);
  if (!nullable) throw error;
  errors.push(error);
}

/** Where in what an object or list has written something is missing, that comes later. */
interface PendingSegment {
  readonly at: number;
  readonly json: Promise<JsonSlice>;
}

/** Takes back what was written from there on, and gives it with its gaps filled. */
async function fillPending(gaps: readonly PendingSegment[], start: number): Promise<JsonSlice> {
  const around = buffer.take(start).bytes;
  const jsons = await Promise.all(gaps.map(({ json }) => json));
  const [only, more] = jsons;
  const at = gaps[0]?.at ?? 0;
  if (only && !more) return only.wrap(around.subarray(0, at), around.subarray(at));
  const parts: Buffer[] = [];
  let from = 0;
  jsons.forEach(({ bytes }, index) => {
    const to = gaps[index]?.at;
    parts.push(around.subarray(from, to), bytes);
    from = to ?? from;
  });
  return JsonSlice.of(...parts, around.subarray(from));
}

/** Fails, but not before whatever is under way is over: nobody else would hear of its errors. */
function rethrowWhenSettled(
  gaps: readonly PendingSegment[] | undefined,
  start: number,
  error: unknown,
): WriteResult {
  if (!gaps) throw error;
  buffer.truncate(start);
  return Promise.allSettled(gaps.map(({ json }) => json)).then(() => {
    throw error;
  });
}

export function isPromise<T>(value: unknown): value is Promise<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
