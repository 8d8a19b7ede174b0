import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { Sha256 } from '../../../src/bedrock/sdk/signing.ts';

const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
const parts = fc.array(bytes(200), { maxLength: 4 });

async function digestOf(secret: Uint8Array | string | undefined, data: readonly Uint8Array[]) {
  const sha256 = new Sha256(secret);
  for (const part of data) sha256.update(part);
  return Buffer.from(await sha256.digest()).toString('hex');
}

describe('Sha256', () => {
  it('returns the hash of OpenSSL without a secret', async () => {
    await fc.assert(
      fc.asyncProperty(parts, async (data) => {
        const expected = createHash('sha256').update(Buffer.concat(data)).digest('hex');
        expect(await digestOf(undefined, data)).toBe(expected);
      }),
    );
  });

  it('returns the HMAC of OpenSSL with a secret of any length, as bytes or text', async () => {
    const secrets = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 200 }),
      fc.string({ minLength: 1, maxLength: 200, unit: 'binary' }),
    );
    await fc.assert(
      fc.asyncProperty(secrets, parts, async (secret, data) => {
        const expected = createHmac('sha256', secret).update(Buffer.concat(data)).digest('hex');
        expect(await digestOf(secret, data)).toBe(expected);
        expect(await digestOf(secret, data)).toBe(expected);
      }),
    );
  });

  it('returns another HMAC for another secret and for other data', async () => {
    const [id, otherId] = [Buffer.from('AKIAONE'), Buffer.from('AKIATWO')];
    const digests = [
      await digestOf('secret', [id]),
      await digestOf('secret', [otherId]),
      await digestOf('another', [otherId]),
      await digestOf('secret', [id]),
    ];
    expect(new Set(digests).size).toBe(3);
    expect(digests[3]).toBe(digests[0]);
  });

  it('starts a new hash after a reset', async () => {
    const sha256 = new Sha256();
    sha256.update(Buffer.from('something else'));
    sha256.reset();
    sha256.update(Buffer.from('abc'));
    const expected = createHash('sha256').update('abc').digest();
    expect(Buffer.from(await sha256.digest()).equals(expected)).toBe(true);
  });
});
