import {
  type FieldNode,
  type GraphQLError,
  GraphQLID,
  type GraphQLLeafType,
  GraphQLString,
  isEnumType,
  locatedError,
} from 'graphql';
import { Json } from './json.ts';
import { jsonBehind, JsonWriter, quotedBehind } from './json-writer.ts';

export type Values = Readonly<Record<string, unknown>>;
export type Key = string | number;

/**
 * What became of a value: whether it was written and is not null, or, where it takes longer, the JSON that is to stand where
 * nothing has been written yet.
 */
export type Outcome = boolean | Promise<Json>;

/** What one execution shares. */
export interface Run {
  readonly context: unknown;
  readonly variables: Values;
  readonly errors: GraphQLError[];
}

/**
 * Where in the answer an execution is: the first `depth` keys; what lies behind them is old. One array serves a whole
 * execution, because it goes depth first; only what goes on later takes a copy with it.
 */
export type Trail = Key[];

/** Writes a value, or the fields of an object. */
export type Write = (value: unknown, run: Run, trail: Trail, depth: number) => Outcome;
export type Nodes = readonly [FieldNode, ...FieldNode[]];

/** Reads the value of a field. */
export type Read = (source: unknown, run: Run, trail: Trail, depth: number) => unknown;

export interface FieldPlan {
  readonly key: string;
  /** What stands before the value: its name, and a comma if another is before it. */
  readonly text: string;
  readonly nodes: Nodes;
  readonly nullable: boolean;
  readonly read: Read;
  /** Writes the value that was read. */
  readonly complete: Write;
}

/** One for all: an execution writes without a pause, and takes what it has written along when it makes one. */
const out = new JsonWriter();

const NULL = Buffer.from('null');

export function jsonNull(): Json {
  return Json.of(NULL);
}

/** The JSON that a writing comes to. */
export function written(write: () => Outcome): Json | Promise<Json> {
  const start = out.length;
  try {
    const outcome = write();
    return typeof outcome === 'boolean' ? out.take(start) : outcome;
  } catch (error) {
    out.truncate(start);
    throw error;
  }
}

export function writeNull(): boolean {
  out.raw('null');
  return false;
}

export function constant(json: string): Write {
  return () => {
    out.raw(json);
    return true;
  };
}

export function leaf(type: GraphQLLeafType): Write {
  const textOf = leafText(type, '');
  return (value) => {
    out.raw(textOf(value));
    return true;
  };
}

/** What a value of a leaf type is as JSON, behind other text. */
function leafText(type: GraphQLLeafType, before: string): (value: unknown) => string {
  const textOf = (value: unknown) => {
    const serialized: unknown = type.serialize(value);
    if (serialized == null) throw new Error(`${type.name} gave nothing for a value.`);
    return jsonBehind(before, serialized);
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
        lastText = quotedBehind(quote, value);
        last = value;
      }
      return lastText;
    };
  }
  return textOf;
}

export function nonNull(write: Write, name: string): Write {
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

function isNull(json: Json): boolean {
  return json.bytes.equals(NULL);
}

/** Writes one field of an object. */
export function field({ key, text, nodes, nullable, read, complete }: FieldPlan): Write {
  return (source, run, trail, depth) => {
    trail[depth] = key;
    out.raw(text);
    let value: unknown;
    try {
      value = read(source, run, trail, depth);
    } catch (error) {
      return failed(error, nodes, run, trail.slice(0, depth + 1), nullable);
    }
    return writePlaced(value, complete, nodes, run, trail, depth, nullable);
  };
}

/** The same for a field of a leaf type. Of most the value is there at once, or a null that may be one. */
export function leafField(plan: FieldPlan, type: GraphQLLeafType): Write {
  const { key, text, nodes, nullable, read, complete } = plan;
  const textOf = leafText(type, text);
  const nullText = `${text}null`;
  return (source, run, trail, depth) => {
    trail[depth] = key;
    let value: unknown;
    try {
      value = read(source, run, trail, depth);
      if (typeof value === 'string' || typeof value === 'number') {
        out.raw(textOf(value));
        return true;
      }
    } catch (error) {
      out.raw(text);
      return failed(error, nodes, run, trail.slice(0, depth + 1), nullable);
    }
    if (value == null && nullable) {
      out.raw(nullText);
      return false;
    }
    out.raw(text);
    return writePlaced(value, complete, nodes, run, trail, depth, nullable);
  };
}

export function writeFields(
  fields: readonly Write[],
  source: unknown,
  run: Run,
  trail: Trail,
  depth: number,
): Outcome {
  const start = out.length;
  let gaps: Gap[] | undefined;
  out.raw('{');
  try {
    for (const write of fields) {
      const outcome = write(source, run, trail, depth);
      if (typeof outcome !== 'boolean')
        (gaps ??= []).push({ at: out.length - start, json: outcome });
    }
  } catch (error) {
    return afterwards(gaps, start, error);
  }
  out.raw('}');
  return gaps ? filled(gaps, start) : true;
}

export function writeItems(
  items: Iterable<unknown>,
  write: Write,
  nodes: Nodes,
  run: Run,
  trail: Trail,
  depth: number,
  nullable: boolean,
): Outcome {
  const start = out.length;
  let gaps: Gap[] | undefined;
  let index = 0;
  out.raw('[');
  for (const item of items) {
    if (index > 0) out.raw(',');
    trail[depth] = index;
    index += 1;
    try {
      const outcome = writePlaced(item, write, nodes, run, trail, depth, nullable);
      if (typeof outcome !== 'boolean')
        (gaps ??= []).push({ at: out.length - start, json: outcome });
    } catch (error) {
      return afterwards(gaps, start, error);
    }
  }
  out.raw(']');
  return gaps ? filled(gaps, start) : true;
}

/** Writes a value whose key is the last of the trail, or a null in its place. */
export function writePlaced(
  value: unknown,
  write: Write,
  nodes: Nodes,
  run: Run,
  trail: Trail,
  depth: number,
  nullable: boolean,
): Outcome {
  const start = out.length;
  try {
    const later = isPromise(value) ? trail.slice(0, depth + 1) : undefined;
    const outcome = later
      ? (value as Promise<unknown>).then((resolved) =>
          written(() => write(resolved, run, later, depth + 1)),
        )
      : write(value, run, trail, depth + 1);
    if (typeof outcome === 'boolean') return outcome;
    const path = later ?? trail.slice(0, depth + 1);
    return outcome.catch((error: unknown) => {
      note(error, nodes, run, path, nullable);
      return jsonNull();
    });
  } catch (error) {
    out.truncate(start);
    return failed(error, nodes, run, trail.slice(0, depth + 1), nullable);
  }
}

export function failed(
  error: unknown,
  nodes: Nodes,
  run: Run,
  path: readonly Key[],
  nullable: boolean,
): boolean {
  note(error, nodes, run, path, nullable);
  return writeNull();
}

/** An error becomes a null where one may be, and else its parent's. */
function note(
  cause: unknown,
  nodes: Nodes,
  { errors }: Run,
  path: readonly Key[],
  nullable: boolean,
): void {
  const error = locatedError(cause, nodes, path);
  if (!nullable) throw error;
  errors.push(error);
}

/** Where in what an object or list has written something is missing, that comes later. */
interface Gap {
  readonly at: number;
  readonly json: Promise<Json>;
}

/** Takes back what was written from there on, and gives it with its gaps filled. */
async function filled(gaps: readonly Gap[], start: number): Promise<Json> {
  const around = out.take(start).bytes;
  const jsons = await Promise.all(gaps.map(({ json }) => json));
  const [only, more] = jsons;
  const at = gaps[0]?.at ?? 0;
  if (only && !more) return only.within(around.subarray(0, at), around.subarray(at));
  const parts: Buffer[] = [];
  let from = 0;
  jsons.forEach(({ bytes }, index) => {
    const to = gaps[index]?.at;
    parts.push(around.subarray(from, to), bytes);
    from = to ?? from;
  });
  return Json.of(...parts, around.subarray(from));
}

/** Fails, but not before whatever is under way is over: nobody else would hear of its errors. */
function afterwards(gaps: readonly Gap[] | undefined, start: number, error: unknown): Outcome {
  if (!gaps) throw error;
  out.truncate(start);
  return Promise.allSettled(gaps.map(({ json }) => json)).then(() => {
    throw error;
  });
}

export function isPromise<T>(value: unknown): value is Promise<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
