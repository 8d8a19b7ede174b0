import { createServer } from 'node:net';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import { codesOf } from '../harness/graphql-client.ts';
import { postJson } from '../harness/http.ts';
import { GET, LIST } from '../harness/queries.ts';
import { waitFor } from '../harness/wait-for.ts';

let gateway: Gateway | undefined;
afterEach(() => gateway?.stop());

describe('unreachable upstreams', () => {
  it('NET-08 an upstream is SERVICE_UNAVAILABLE when it refuses connections', async () => {
    const endpoint = `http://127.0.0.1:${await closedPort()}`;
    gateway = await startGateway({ variables: { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: endpoint } });
    expect(codesOf(await gateway.query(LIST))).toEqual(['SERVICE_UNAVAILABLE']);
  });

  it('X-01 an upstream is SERVICE_UNAVAILABLE when its name does not resolve', async () => {
    const endpoint = 'http://bedrock.invalid';
    gateway = await startGateway({ variables: { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: endpoint } });
    expect(codesOf(await gateway.query(LIST))).toEqual(['SERVICE_UNAVAILABLE']);
  });
});

describe('upstream credentials', () => {
  it('CRED-01 credentials that fail to load are SERVICE_UNAVAILABLE without the provider’s message', async () => {
    gateway = await startGateway({
      dependencies: {
        credentials: () =>
          Promise.reject(
            Object.assign(new Error('cannot assume arn:aws:iam::999988887777:role/x'), {
              name: 'CredentialsProviderError',
            }),
          ),
      },
    });
    const response = await gateway.query(LIST);
    expect(codesOf(response)).toEqual(['SERVICE_UNAVAILABLE']);
    expect(response.text).not.toContain('999988887777');
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(503);
    expect((await fetch(`${gateway.url}/livez`)).status).toBe(200);
  });

  it.each(['AccessDeniedException', 'ValidationException', 'Error'])(
    'credentials that another service refuses with %s are not treated as a response of Amazon Bedrock',
    async (name) => {
      const refusal = Object.assign(new Error('sts'), { name, $metadata: { httpStatusCode: 403 } });
      gateway = await startGateway({
        dependencies: { credentials: () => Promise.reject(refusal) },
      });
      const arn = 'arn:aws:bedrock:us-east-1:111122223333:async-invoke/aaaaaaaaaaaa';
      expect(codesOf(await gateway.query(LIST))).toEqual(['SERVICE_UNAVAILABLE']);
      expect(codesOf(await gateway.query(GET, { arn }))).toEqual(['SERVICE_UNAVAILABLE']);
    },
  );

  it('credentials that never load are GATEWAY_TIMEOUT at the deadline', async () => {
    gateway = await startGateway({
      variables: { REQUEST_TIMEOUT_MS: '200' },
      dependencies: { credentials: () => new Promise(() => undefined) },
    });
    expect(codesOf(await gateway.query(LIST))).toEqual(['GATEWAY_TIMEOUT']);
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(503);
  });

  it('CRED-03 credentials sign requests although a bearer token is in the environment', async () => {
    process.env.AWS_BEARER_TOKEN_BEDROCK = 'token-of-somebody';
    try {
      gateway = await startGateway();
      expect((await gateway.query(LIST)).errors).toEqual([]);
      const [request] = gateway.emulator.requests;
      expect(request?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=test\//);
    } finally {
      delete process.env.AWS_BEARER_TOKEN_BEDROCK;
    }
  });
});

describe('client disconnects', () => {
  it.each([
    ['a list', LIST, {}],
    [
      'an invocation',
      GET,
      { arn: 'arn:aws:bedrock:us-east-1:111122223333:async-invoke/aaaaaaaaaaaa' },
    ],
  ])(
    'NET-11 a client that disconnects aborts the upstream request for %s, which is not retried',
    async (_what, query, variables) => {
      const { emulator, url } = (gateway = await startGateway());
      emulator.inject({ kind: 'hang' });
      const client = new AbortController();
      const { signal } = client;
      const request = postJson(`${url}/graphql`, { query, variables }, { signal });
      await waitFor(() => emulator.counts.inFlight === 1);
      const disconnectedAt = Date.now();
      client.abort();
      await expect(request).rejects.toThrow();
      await waitFor(() => emulator.counts.inFlight === 0);
      const [recorded] = emulator.requests;
      expect(recorded?.aborted).toBe(true);
      expect((recorded?.abortedAt ?? Infinity) - disconnectedAt).toBeLessThanOrEqual(100);
      expect(emulator.requests).toHaveLength(1);
    },
  );
});

describe('refused page tokens', () => {
  it('a page token that the upstream refuses costs another call, and the page is complete', async () => {
    gateway = await startGateway({
      emulator: { jobs: 40, knobs: { maxPageRows: 15 } },
    });
    const { emulator } = gateway;
    emulator.inject({
      kind: 'error',
      type: 'ValidationException',
      status: 400,
      when: (request) => 'nextToken' in request.query,
      times: 1,
    });
    const { data, errors } = await gateway.query(
      '{ asyncInvokes(first: 30) { nodes { invocationArn } } }',
    );
    const { nodes } = data?.asyncInvokes as { nodes: { invocationArn: string }[] };
    const newest = emulator
      .jobs()
      .toReversed()
      .slice(0, 30)
      .map(({ invocationArn }) => invocationArn);
    expect(errors).toEqual([]);
    expect(new Set(nodes.map(({ invocationArn }) => invocationArn))).toEqual(new Set(newest));
  });
});

/** Returns a port that was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
