import type { FieldNode, GraphQLError } from 'graphql';
import type { JsonSlice } from './json-slice.ts';

export type Values = Readonly<Record<string, unknown>>;
export type Key = string | number;

/**
 * Result of a write. A boolean: the value was written, and whether it is not null. A promise:
 * nothing was written yet, and the promise resolves to the JSON to insert at this point.
 */
export type WriteResult = boolean | Promise<JsonSlice>;

/** State that is shared by one execution. */
export interface Execution {
  readonly context: unknown;
  readonly variables: Values;
  readonly errors: GraphQLError[];
  readonly maxBytes: number;
  /** How many more bytes the response may have. Below 0, the execution fails. */
  bytesLeft: number;
}

/** The response would have more bytes than the executor allows. */
export class ResponseTooLargeError extends Error {
  override readonly name = 'ResponseTooLargeError';
  readonly maxBytes: number;

  constructor(maxBytes: number) {
    super(`the response has more than ${maxBytes} bytes`);
    this.maxBytes = maxBytes;
  }
}

/**
 * Path of the current value in the response: the first `depth` keys are valid, later ones are left
 * over. One array serves a whole execution, because execution is depth first. Asynchronous
 * continuations take a copy.
 */
export type Path = Key[];

/** Writes a value, or the fields of an object. */
export type ValueWriter = (
  value: unknown,
  execution: Execution,
  path: Path,
  depth: number,
) => WriteResult;
export type FieldNodes = readonly [FieldNode, ...FieldNode[]];

/** Reads the value of a field. */
export type ValueReader = (
  source: unknown,
  execution: Execution,
  path: Path,
  depth: number,
) => unknown;

export interface CompiledField {
  readonly key: string;
  /** Text before the value: its name, with a comma in front if it is not the first field. */
  readonly text: string;
  readonly nodes: FieldNodes;
  readonly nullable: boolean;
  readonly read: ValueReader;
  /** Writes the value that was read. */
  readonly complete: ValueWriter;
}
