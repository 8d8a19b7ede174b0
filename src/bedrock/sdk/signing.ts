import { hash } from 'node:crypto';
import type { Checksum, SourceData } from '@smithy/types';

/**
 * SHA-256 for signatures, or HMAC-SHA-256 (RFC 2104) with a secret. The SDK's implementation sets
 * up OpenSSL three times for each signature, which costs more than the rest of signing.
 */
export class Sha256 implements Checksum {
  readonly #secret: SourceData | undefined;
  #data: Uint8Array[] = [];

  constructor(secret?: SourceData) {
    this.#secret = secret;
  }

  update(data: Uint8Array): void {
    this.#data.push(data);
  }

  digest(): Promise<Uint8Array> {
    const secret = this.#secret;
    if (!secret) return Promise.resolve(sha256(this.#data));
    const pads = typeof secret === 'string' ? toPads(secret) : hmacPads(secret);
    return Promise.resolve(hmac(pads, this.#data));
  }

  reset(): void {
    this.#data = [];
  }
}

function sha256(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  return hash('sha256', first && parts.length === 1 ? first : Buffer.concat(parts), 'buffer');
}

/** The padded keys at the start of both hashes of an HMAC. */
interface Pads {
  readonly inner: Uint8Array;
  readonly outer: Uint8Array;
}

function hmac({ inner, outer }: Pads, data: readonly Uint8Array[]): Uint8Array {
  return sha256([outer, sha256([inner, ...data])]);
}

/** The block size of SHA-256. */
const BLOCK_BYTES = 64;

function toPads(secret: SourceData): Pads {
  const bytes = bytesOf(secret);
  const key = bytes.length > BLOCK_BYTES ? sha256([bytes]) : bytes;
  const pad = (mask: number) =>
    Uint8Array.from({ length: BLOCK_BYTES }, (_, index) => mask ^ (key[index] ?? 0));
  return { inner: pad(0x36), outer: pad(0x5c) };
}

/** The SDK caches its derived keys, so their pads are cached for as long as the keys exist. */
const padsByKey = new WeakMap<object, Pads>();

function hmacPads(derivedKey: Exclude<SourceData, string>): Pads {
  let pads = padsByKey.get(derivedKey);
  if (!pads) padsByKey.set(derivedKey, (pads = toPads(derivedKey)));
  return pads;
}

function bytesOf(data: SourceData): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
