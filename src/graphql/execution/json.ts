/** Room for the names and braces that come around a value later, so that none of it has to be moved for them. */
const ROOM_BEFORE = 256;
const ROOM_BEHIND = 64;

/** JSON as bytes in ASCII. */
export class Json {
  readonly #memory: Buffer;
  #start: number;
  #end: number;

  private constructor(memory: Buffer, start: number, end: number) {
    this.#memory = memory;
    this.#start = start;
    this.#end = end;
  }

  /** Copies the bytes, which may be written over afterwards. */
  static of(...parts: readonly Uint8Array[]): Json {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const memory = Buffer.allocUnsafe(ROOM_BEFORE + length + ROOM_BEHIND);
    let end = ROOM_BEFORE;
    for (const part of parts) {
      memory.set(part, end);
      end += part.length;
    }
    return new Json(memory, ROOM_BEFORE, end);
  }

  get bytes(): Buffer {
    return this.#memory.subarray(this.#start, this.#end);
  }

  /** This JSON with more around it; it is part of that from now on, and no longer to be used by itself. */
  within(before: Uint8Array, behind: Uint8Array): Json {
    const start = this.#start - before.length;
    const end = this.#end + behind.length;
    if (start < 0 || end > this.#memory.length) return Json.of(before, this.bytes, behind);
    this.#memory.set(before, start);
    this.#memory.set(behind, this.#end);
    this.#start = start;
    this.#end = end;
    return this;
  }
}
