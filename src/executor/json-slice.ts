/**
 * Free space around a value for the names and braces that wrap it later, so that it need not move.
 */
const HEADROOM = 256;
const TAILROOM = 64;

/** JSON as ASCII bytes, with free space around it. */
export class JsonSlice {
  readonly #memory: Buffer;
  #start: number;
  #end: number;

  private constructor(memory: Buffer, start: number, end: number) {
    this.#memory = memory;
    this.#start = start;
    this.#end = end;
  }

  /** Copies the parts, so that the caller may reuse them. */
  static of(...parts: readonly Uint8Array[]): JsonSlice {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const memory = Buffer.allocUnsafe(HEADROOM + length + TAILROOM);
    let end = HEADROOM;
    for (const part of parts) {
      memory.set(part, end);
      end += part.length;
    }
    return new JsonSlice(memory, HEADROOM, end);
  }

  get bytes(): Buffer {
    return this.#memory.subarray(this.#start, this.#end);
  }

  /** Wraps in place if there is space, else copies. Do not use this instance afterwards. */
  wrap(before: Uint8Array, after: Uint8Array): JsonSlice {
    const start = this.#start - before.length;
    const end = this.#end + after.length;
    if (start < 0 || end > this.#memory.length) return JsonSlice.of(before, this.bytes, after);
    this.#memory.set(before, start);
    this.#memory.set(after, this.#end);
    this.#start = start;
    this.#end = end;
    return this;
  }
}
