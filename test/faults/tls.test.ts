import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { killAll, printed, run } from '../harness/cli-process.ts';
import { codesOf, graphqlClient } from '../harness/graphql-client.ts';
import { LIST } from '../harness/queries.ts';
import { waitFor } from '../harness/wait-for.ts';

const DAY_MS = 86_400_000;

let folder: string;
let server: Server | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tls-'));
});
afterEach(() => {
  killAll();
  server?.close();
  rmSync(folder, { recursive: true });
});

interface Certificate {
  readonly host?: string;
  readonly notAfterDate?: Date;
  /** Whether the gateway trusts the certificate. */
  readonly trusted?: boolean;
}

/** Queries a gateway in front of an upstream with this certificate. */
async function queryWith({ host = 'localhost', notAfterDate, trusted = true }: Certificate) {
  const { private: key, cert } = await generate([{ name: 'commonName', value: host }], {
    notBeforeDate: new Date(Date.now() - 10 * DAY_MS),
    notAfterDate: notAfterDate ?? new Date(Date.now() + DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: host }] },
    ],
  });
  let requests = 0;
  const upstream = createServer({ key, cert }, (_request, response) => {
    requests += 1;
    response.end('{"asyncInvokeSummaries":[]}');
  });
  server = upstream;
  await new Promise<void>((resolve) => upstream.listen(0, resolve));
  const address = upstream.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const file = join(folder, 'ca.pem');
  writeFileSync(file, cert);
  const gateway = run(['serve', '--port', '0'], {
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: `https://localhost:${port}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    ...(trusted && { NODE_EXTRA_CA_CERTS: file }),
  });
  const url = await printed(gateway, /listening on (http:[^"]+)"/);
  const response = await graphqlClient(`${url}/graphql`).query(LIST);
  return { response, log: gateway.stdout, requests: () => requests };
}

it('an upstream with a valid certificate is read', async () => {
  const { response, requests } = await queryWith({});
  expect(response.errors).toEqual([]);
  expect(requests()).toBe(1);
});

it.each<[string, Certificate, string]>([
  ['is self-signed', { trusted: false }, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ['has expired', { notAfterDate: new Date(Date.now() - DAY_MS) }, 'CERT_HAS_EXPIRED'],
  ['is for another host', { host: 'elsewhere.example' }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
])(
  'X-02 an upstream whose certificate %s gets no request, and the log has the TLS error code',
  async (_how, certificate, code) => {
    const { response, log, requests } = await queryWith(certificate);
    expect(codesOf(response)).toEqual(['SERVICE_UNAVAILABLE']);
    expect(response.text).not.toContain(code);
    // The log is written asynchronously.
    await waitFor(() => log().includes(code));
    expect(requests()).toBe(0);
  },
);
