import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import { LIST } from '../harness/queries.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) =>
  createHmac('sha256', key).update(text).digest();

/** Computes the Signature Version 4 of a GET, as its specification describes. */
function signatureOf({ url = '', headers, method = '' }: IncomingMessage, secret: string): string {
  const authorization = headers.authorization ?? '';
  const names = /SignedHeaders=([^,]+)/.exec(authorization)?.[1] ?? '';
  const scope = /Credential=[^/]+\/([^,]+)/.exec(authorization)?.[1] ?? '';
  const [path = '', query = ''] = url.split('?');
  const signed = names.split(';').map((name) => `${name}:${String(headers[name])}\n`);
  const canonical = [
    method,
    path,
    query.split('&').sort().join('&'),
    signed.join(''),
    names,
    sha256(''),
  ].join('\n');
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secret}`);
  const date = String(headers['x-amz-date']);
  return hmac(key, ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n')).toString('hex');
}

describe('Signature Version 4', () => {
  let upstream: Server;
  let gateway: Gateway;
  const seen: IncomingMessage[] = [];
  let identity = { accessKeyId: 'AKIDFIRST', secretAccessKey: 'first secret', sessionToken: 'one' };

  beforeAll(async () => {
    upstream = createServer((request, response) => {
      seen.push(request);
      response.end('{"asyncInvokeSummaries":[]}');
    });
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
    const { port } = upstream.address() as AddressInfo;
    gateway = await startGateway({
      variables: { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: `http://127.0.0.1:${port}` },
      // They expire at once, so the gateway requests them again for each call.
      dependencies: { credentials: () => Promise.resolve({ ...identity, expiration: new Date() }) },
    });
  });
  beforeEach(() => (seen.length = 0));
  afterAll(async () => {
    await gateway.stop();
    upstream.close();
  });

  it('requests to Amazon Bedrock are signed with the credentials that were valid at that time', async () => {
    await gateway.query(LIST);
    await gateway.query(LIST);
    identity = { accessKeyId: 'AKIDSECOND', secretAccessKey: 'second', sessionToken: 'two' };
    await gateway.query(LIST);
    identity = { accessKeyId: 'AKIDSECOND', secretAccessKey: 'third', sessionToken: 'two' };
    await gateway.query(LIST);

    const secrets = ['first secret', 'first secret', 'second', 'third'];
    expect(seen).toHaveLength(secrets.length);
    for (const [index, request] of seen.entries()) {
      const signature = signatureOf(request, secrets[index] ?? '');
      expect(request.headers.authorization).toContain(`Signature=${signature}`);
    }
    expect(seen.map(({ headers }) => headers['x-amz-security-token'])).toEqual([
      'one',
      'one',
      'two',
      'two',
    ]);
  });
});
