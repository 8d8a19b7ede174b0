import { createHash, createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import type { Checksum, SourceData } from '@smithy/types';

/**
 * SHA-256 for signatures, in place of the SDK's own, which makes OpenSSL's form of a key anew for each signature. That costs
 * five times what signing does.
 */
export class Sha256 implements Checksum {
  readonly #key: KeyObject | undefined;
  #hash;

  constructor(secret?: SourceData) {
    this.#key = secret ? keyOf(secret) : undefined;
    this.#hash = this.#start();
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    this.#hash = this.#start();
  }

  #start() {
    return this.#key ? createHmac('sha256', this.#key) : createHash('sha256');
  }
}

/** The SDK keeps the keys that it derives; each is known here for as long as it is. */
const derivedKeys = new WeakMap<object, KeyObject>();
/** Of the credentials: there is one set at a time. */
let secretKey: { readonly secret: string; readonly key: KeyObject } | undefined;

function keyOf(secret: SourceData): KeyObject {
  if (typeof secret === 'string') {
    if (secretKey?.secret !== secret) secretKey = { secret, key: createSecretKey(bytesOf(secret)) };
    return secretKey.key;
  }
  let key = derivedKeys.get(secret);
  if (!key) derivedKeys.set(secret, (key = createSecretKey(bytesOf(secret))));
  return key;
}

function bytesOf(data: SourceData): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

/** The SDK makes a signer for each call, with a copy of its whole configuration. All that differs between calls is in what it signs. */
export function keepSigner({ config }: BedrockRuntimeClient): void {
  const makeSigner = config.signer;
  let usual: ReturnType<typeof makeSigner> | undefined;
  config.signer = (authScheme) => (authScheme ? makeSigner(authScheme) : (usual ??= makeSigner()));
}
