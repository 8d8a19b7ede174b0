/**
 * Room for the names and braces that come around a value later, so that none of it has to be moved
 * for them.
 */
const HEADROOM = 256;
const TAILROOM = 64;

/** JSON as bytes in ASCII. */
export class JsonSlice {
  readonly #memory: Buffer;
  #start: number;
  #end: number;

  private constructor(memory: Buffer, start: number, end: number) {
    this.#memory = memory;
    this.#start = start;
    this.#end = end;
  }

  /** Copies the bytes, which may be written over afterwards. */
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

  /**
   * This JSON with more around it; it is part of that from now on, and no longer to be used by
   * itself.
   */
  wrap(before: Uint8Array, behind: Uint8Array): JsonSlice {
    const start = this.#start - before.length;
    const end = this.#end + behind.length;
    if (start < 0 || end > this.#memory.length) return JsonSlice.of(before, this.bytes, behind);
    this.#memory.set(before, start);
    this.#memory.set(behind, this.#end);
    this.#start = start;
    this.#end = end;
    return this;
  }
}
