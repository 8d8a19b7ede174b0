import { type GraphQLLeafType, locatedError } from 'graphql';
import {
  type CompiledField,
  type Execution,
  type FieldNodes,
  type Key,
  type Path,
  ResponseTooLargeError,
  type ValueWriter,
  type WriteResult,
} from './execution.ts';
import { JsonBuffer } from './json-buffer.ts';
import { JsonSlice } from './json-slice.ts';
import { leafToJson } from './leaf-json.ts';

/** Shared by all executions: each writes synchronously and takes its text out before it awaits. */
const buffer = new JsonBuffer();

const NULL = Buffer.from('null');

export function jsonNull(): JsonSlice {
  return JsonSlice.of(NULL);
}

/** Runs a write and returns the JSON that it wrote. */
export function capture(
  execution: Execution,
  write: () => WriteResult,
): JsonSlice | Promise<JsonSlice> {
  const start = buffer.length;
  try {
    const result = write();
    return typeof result === 'boolean' ? take(start, execution) : result;
  } catch (error) {
    buffer.truncate(start);
    throw error;
  }
}

/** Takes everything from `start` on out of the buffer, and counts its bytes. */
function take(start: number, execution: Execution): JsonSlice {
  execution.bytesLeft -= buffer.length - start;
  assertSize(0, execution);
  return buffer.take(start);
}

/** @throws {ResponseTooLargeError} */
function assertSize(bytes: number, execution: Execution): void {
  if (bytes <= execution.bytesLeft) return;
  execution.bytesLeft = -1;
  throw new ResponseTooLargeError(execution.maxBytes);
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
  const textOf = leafToJson(type, '');
  return (value) => {
    buffer.raw(textOf(value));
    return true;
  };
}

export function nonNull(write: ValueWriter, name: string): ValueWriter {
  const nullError = () => new Error(`Cannot return null for non-nullable field ${name}.`);
  return (value, execution, path, depth) => {
    const result = write(value, execution, path, depth);
    if (result === true) return true;
    if (result === false) throw nullError();
    return result.then((json) => {
      if (isNull(json)) throw nullError();
      return json;
    });
  };
}

function isNull(json: JsonSlice): boolean {
  return json.bytes.equals(NULL);
}

/** Writes a field whose type is an object, an interface, a union or a list. */
export function compositeField({
  key,
  text,
  nodes,
  nullable,
  read,
  complete,
}: CompiledField): ValueWriter {
  return (source, execution, path, depth) => {
    path[depth] = key;
    buffer.raw(text);
    let value: unknown;
    try {
      value = read(source, execution, path, depth);
    } catch (error) {
      return writeNullForError(error, nodes, execution, path.slice(0, depth + 1), nullable);
    }
    return writeValueAtPath(value, complete, nodes, execution, path, depth, nullable);
  };
}

/** Writes a field of a leaf type. Fast path: the value is a string, a number or an allowed null. */
export function leafField(field: CompiledField, type: GraphQLLeafType): ValueWriter {
  const { key, text, nodes, nullable, read, complete } = field;
  const textOf = leafToJson(type, text);
  const nullText = `${text}null`;
  return (source, execution, path, depth) => {
    path[depth] = key;
    let value: unknown;
    try {
      value = read(source, execution, path, depth);
      if (typeof value === 'string' || typeof value === 'number') {
        buffer.raw(textOf(value));
        return true;
      }
    } catch (error) {
      buffer.raw(text);
      return writeNullForError(error, nodes, execution, path.slice(0, depth + 1), nullable);
    }
    if (value == null && nullable) {
      buffer.raw(nullText);
      return false;
    }
    buffer.raw(text);
    return writeValueAtPath(value, complete, nodes, execution, path, depth, nullable);
  };
}

export function writeFields(
  fields: readonly ValueWriter[],
  source: unknown,
  execution: Execution,
  path: Path,
  depth: number,
): WriteResult {
  const start = buffer.length;
  let pending: PendingSegment[] | undefined;
  buffer.raw('{');
  try {
    for (const write of fields) {
      const result = write(source, execution, path, depth);
      if (typeof result !== 'boolean')
        (pending ??= []).push({ at: buffer.length - start, json: result });
    }
  } catch (error) {
    return rethrowWhenSettled(pending, start, error);
  }
  buffer.raw('}');
  return pending ? fillPending(pending, start, execution) : true;
}

export function writeItems(
  items: Iterable<unknown>,
  write: ValueWriter,
  nodes: FieldNodes,
  execution: Execution,
  path: Path,
  depth: number,
  nullable: boolean,
): WriteResult {
  const start = buffer.length;
  let pending: PendingSegment[] | undefined;
  let index = 0;
  buffer.raw('[');
  for (const item of items) {
    if (index > 0) buffer.raw(',');
    path[depth] = index;
    index += 1;
    try {
      assertSize(buffer.length - start, execution);
      const result = writeValueAtPath(item, write, nodes, execution, path, depth, nullable);
      if (typeof result !== 'boolean')
        (pending ??= []).push({ at: buffer.length - start, json: result });
    } catch (error) {
      return rethrowWhenSettled(pending, start, error);
    }
  }
  buffer.raw(']');
  return pending ? fillPending(pending, start, execution) : true;
}

/**
 * Writes the value at the current path. Writes null instead, and records the error, if it fails.
 */
export function writeValueAtPath(
  value: unknown,
  write: ValueWriter,
  nodes: FieldNodes,
  execution: Execution,
  path: Path,
  depth: number,
  nullable: boolean,
): WriteResult {
  const start = buffer.length;
  try {
    const later = isPromise(value) ? path.slice(0, depth + 1) : undefined;
    const result = later
      ? (value as Promise<unknown>).then((resolved) =>
          capture(execution, () => write(resolved, execution, later, depth + 1)),
        )
      : write(value, execution, path, depth + 1);
    if (typeof result === 'boolean') return result;
    const errorPath = later ?? path.slice(0, depth + 1);
    return result.catch((error: unknown) => {
      recordError(error, nodes, execution, errorPath, nullable);
      return jsonNull();
    });
  } catch (error) {
    buffer.truncate(start);
    return writeNullForError(error, nodes, execution, path.slice(0, depth + 1), nullable);
  }
}

export function writeNullForError(
  error: unknown,
  nodes: FieldNodes,
  execution: Execution,
  errorPath: readonly Key[],
  nullable: boolean,
): boolean {
  recordError(error, nodes, execution, errorPath, nullable);
  return writeNull();
}

/**
 * Records an error of a nullable value. Throws it for a non-null value, so that the parent fails.
 */
function recordError(
  cause: unknown,
  nodes: FieldNodes,
  { errors }: Execution,
  errorPath: readonly Key[],
  nullable: boolean,
): void {
  const error = locatedError(cause, nodes, errorPath);
  if (!nullable) throw error;
  errors.push(error);
}

/** An insertion point in what an object or list has written, and the JSON that will fill it. */
interface PendingSegment {
  readonly at: number;
  readonly json: Promise<JsonSlice>;
}

/**
 * Takes everything from `start` out of the buffer and returns it with the pending JSON inserted.
 */
async function fillPending(
  pending: readonly PendingSegment[],
  start: number,
  execution: Execution,
): Promise<JsonSlice> {
  const around = take(start, execution).bytes;
  const jsons = await Promise.all(pending.map(({ json }) => json));
  const [only, more] = jsons;
  const at = pending[0]?.at ?? 0;
  if (only && !more) return only.wrap(around.subarray(0, at), around.subarray(at));
  const parts: Buffer[] = [];
  let from = 0;
  jsons.forEach(({ bytes }, index) => {
    const to = pending[index]?.at;
    parts.push(around.subarray(from, to), bytes);
    from = to ?? from;
  });
  return JsonSlice.of(...parts, around.subarray(from));
}

/** Fails once all pending values have settled, so that no rejection stays unhandled. */
function rethrowWhenSettled(
  pending: readonly PendingSegment[] | undefined,
  start: number,
  error: unknown,
): WriteResult {
  if (!pending) throw error;
  buffer.truncate(start);
  return Promise.allSettled(pending.map(({ json }) => json)).then(() => {
    throw error;
  });
}

export function isPromise<T>(value: unknown): value is Promise<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
