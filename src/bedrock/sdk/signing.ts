import { hash } from 'node:crypto';
import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import type { Checksum, SourceData } from '@smithy/types';

/**
 * SHA-256 for signatures, with a secret an HMAC (RFC 2104), in place of the SDK's own: that sets OpenSSL up for each signature
 * three times, which costs more than all else that signing does.
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
  const [only] = parts;
  return hash('sha256', only && parts.length === 1 ? only : Buffer.concat(parts), 'buffer');
}

/** The key as both of the hashes of an HMAC begin with it. */
interface Pads {
  readonly inner: Uint8Array;
  readonly outer: Uint8Array;
}

function hmac({ inner, outer }: Pads, data: readonly Uint8Array[]): Uint8Array {
  return sha256([outer, sha256([inner, ...data])]);
}

/** SHA-256's. */
const BLOCK_BYTES = 64;

function toPads(secret: SourceData): Pads {
  const bytes = bytesOf(secret);
  const key = bytes.length > BLOCK_BYTES ? sha256([bytes]) : bytes;
  const pad = (mask: number) =>
    Uint8Array.from({ length: BLOCK_BYTES }, (_, index) => mask ^ (key[index] ?? 0));
  return { inner: pad(0x36), outer: pad(0x5c) };
}

/** The SDK keeps the keys that it derives; each is known here for as long as it is. */
const padsOfDerived = new WeakMap<object, Pads>();

function hmacPads(derivedKey: Exclude<SourceData, string>): Pads {
  let pads = padsOfDerived.get(derivedKey);
  if (!pads) padsOfDerived.set(derivedKey, (pads = toPads(derivedKey)));
  return pads;
}

let last:
  { readonly secret: string; readonly data: Buffer; readonly digest: Uint8Array } | undefined;

/** The SDK looks up its derived key by an HMAC of the credentials, the same for each signature until there are others. */
function cachedHmac(secret: string, parts: readonly Uint8Array[]): Uint8Array {
  const data = Buffer.concat(parts);
  if (last?.secret !== secret || !last.data.equals(data)) {
    last = { secret, data, digest: hmac(toPads(secret), parts) };
  }
  return last.digest;
}

function bytesOf(data: SourceData): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

/** The SDK makes a signer for each call, with a copy of its whole configuration. All that differs between calls is in what it signs. */
export function cacheSigner({ config }: BedrockRuntimeClient): void {
  const makeSigner = config.signer;
  let usual: ReturnType<typeof makeSigner> | undefined;
  config.signer = (authScheme) => (authScheme ? makeSigner(authScheme) : (usual ??= makeSigner()));
}
