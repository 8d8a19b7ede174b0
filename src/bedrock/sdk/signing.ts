import { hash } from 'node:crypto';
import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
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
    if (typeof secret === 'string') return Promise.resolve(cachedHmac(secret, this.#data));
    return Promise.resolve(hmac(hmacPads(secret), this.#data));
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

interface CachedHmac {
  readonly secret: string;
  readonly data: Buffer;
  readonly digest: Uint8Array;
}

let lastHmac: CachedHmac | undefined;

/**
 * Caches the last HMAC. The SDK looks up its derived key by an HMAC of the credentials, which is
 * the same for each signature until the credentials change.
 */
function cachedHmac(secret: string, parts: readonly Uint8Array[]): Uint8Array {
  const data = Buffer.concat(parts);
  if (lastHmac?.secret !== secret || !lastHmac.data.equals(data)) {
    lastHmac = { secret, data, digest: hmac(toPads(secret), parts) };
  }
  return lastHmac.digest;
}

function bytesOf(data: SourceData): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

/**
 * Caches the signer. The SDK creates one for each call, with a copy of its whole configuration, but
 * only the request to sign differs between calls.
 */
export function cacheSigner({ config }: BedrockRuntimeClient): void {
  const createSigner = config.signer;
  let signer: ReturnType<typeof createSigner> | undefined;
  config.signer = (authScheme) =>
    authScheme ? createSigner(authScheme) : (signer ??= createSigner());
}
