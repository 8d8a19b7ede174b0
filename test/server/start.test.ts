import { type Gateway, type GatewayOptions, startGateway } from '../harness/gateway.ts';
import { codesOf } from '../harness/graphql-client.ts';
import { jsonRequest, postJson } from '../harness/http.ts';
import { type Issuer, READ, startIssuer } from '../harness/issuer.ts';
import { metricsOf } from '../harness/metrics.ts';
import { GET, LIST, type PageJson, START } from '../harness/queries.ts';
import {
  arnOf,
  MAY_START,
  outputTo,
  payloadOf,
  start,
  startInput,
  startsSeen,
} from '../harness/start.ts';
import { waitFor } from '../harness/wait-for.ts';

let gateway: Gateway | undefined;
let issuer: Issuer | undefined;
afterEach(async () => {
  await gateway?.stop();
  await issuer?.stop();
  gateway = issuer = undefined;
});

async function open({ variables, ...options }: GatewayOptions = {}): Promise<Gateway> {
  return (gateway = await startGateway({ ...options, variables: { ...MAY_START, ...variables } }));
}

/** Starts a gateway with bearer tokens. Also returns a function that creates their header. */
async function openWithTokens(options: GatewayOptions = {}) {
  const tokens = (issuer = await startIssuer());
  const served = await open({
    ...options,
    variables: { ...tokens.variables, ...options.variables },
  });
  const bearer = async (claims: Parameters<Issuer['sign']>[0]) => ({
    authorization: `Bearer ${await tokens.sign(claims)}`,
  });
  return { served, bearer };
}

const BOTH = `${READ} async-invokes:start`;
const lines = ({ logLines }: Gateway, msg: string) =>
  logLines.map((line) => JSON.parse(line) as Record<string, unknown>).filter((l) => l.msg === msg);

describe('starting', () => {
  it('a start returns the invocation and its edge in the list', async () => {
    const served = await open({ emulator: { jobs: 5 } });
    const kmsKeyId = 'arn:aws:kms:us-east-1:111122223333:key/0c5c8b8e-6d3b-4f0e-9d53-0a9d1cf0a111';
    const tags = [{ key: 'team', value: 'A + B' }];
    const output = outputTo({ kmsKeyId, bucketOwner: '111122223333' });
    const response = await start(served, { ...output, tags });
    expect(response.errors).toEqual([]);
    const { asyncInvoke, edge, userErrors } = payloadOf(response);
    expect(userErrors).toEqual([]);
    expect(asyncInvoke).toMatchObject({
      status: 'IN_PROGRESS',
      modelId: 'luma.ray-v2:0',
      region: 'us-east-1',
      outputDataConfig: { kmsKeyId, bucketOwner: '111122223333', bucket: 'renders' },
    });
    expect(edge?.node.invocationArn).toBe(asyncInvoke?.invocationArn);
    const whole = (await served.query(LIST)).data?.asyncInvokes as PageJson;
    expect(edge).toEqual(whole.edges[0]);
    const { data } = await served.query(LIST, { first: 2, after: edge?.cursor });
    const before = await served.query(LIST, { last: 2, before: edge?.cursor });
    expect((data?.asyncInvokes as PageJson).nodes).toHaveLength(2);
    expect((data?.asyncInvokes as PageJson).pageInfo.hasPreviousPage).toBe(true);
    expect((before.data?.asyncInvokes as PageJson).nodes).toEqual([]);
    expect(served.emulator.jobs()).toHaveLength(6);
  });

  it('a start sends the model input unchanged, from variables and from a literal', async () => {
    const served = await open();
    const modelInput = { prompt: 'é "\u2028"', n: [1.5, -0.25, true, null, { deep: { er: '' } }] };
    const tags = [{ key: 'a b', value: '' }];
    await start(served, { modelInput, tags });
    const literal = `{ prompt: "é \\"\u2028\\"", n: [1.5, -0.25, true, null, { deep: { er: $er } }] }`;
    const { errors } = await served.query(
      `mutation ($er: String) { startAsyncInvoke(input: {
        modelId: "arn:aws:bedrock:us-east-1::foundation-model/luma.ray-v2:0", modelInput: ${literal},
        outputDataConfig: { s3OutputDataConfig: { s3Uri: "s3://renders/team-a" } },
        clientRequestToken: "2" }) { asyncInvoke { id } } }`,
      { er: '' },
    );
    expect(errors).toEqual([]);
    const [first, second] = startsSeen(served);
    expect(first).toMatchObject({ modelId: 'luma.ray-v2:0', modelInput, tags });
    expect(second).toMatchObject({ modelInput });
    expect(second).not.toHaveProperty('tags');
  });

  it('a start is in the list at once, although the list was cached', async () => {
    const served = await open({ variables: { LIST_CACHE_TTL_MS: '60000' } });
    const list = async () => {
      const { data } = await served.query(LIST, { first: 10 });
      return (data?.asyncInvokes as PageJson).nodes.map((node) => node?.invocationArn);
    };
    expect([await list(), await list()]).toEqual([[], []]);
    expect(served.emulator.requests).toHaveLength(1);
    const first = arnOf(await start(served));
    expect(await list()).toEqual([first]);
    const second = arnOf(await start(served, { clientRequestToken: 'token-2' }));
    expect(new Set(await list())).toEqual(new Set([first, second]));
    const { received } = served.emulator.counts;
    await list();
    expect(served.emulator.counts.received).toBe(received);
  });

  it('a start is in the list at once, although a read of the list was in flight', async () => {
    const served = await open({ variables: { LIST_CACHE_TTL_MS: '60000' } });
    const hold = served.emulator.inject({
      kind: 'latency',
      ms: 300,
      times: 1,
      operation: 'ListAsyncInvokes',
    });
    const early = served.query(LIST, { first: 10 });
    await waitFor(() => served.emulator.counts.received === 1);
    const arn = arnOf(await start(served));
    const during = await served.query(LIST, { first: 10 });
    expect((await early).text).not.toContain(arn);
    expect(during.text).toContain(arn);
    expect((await served.query(LIST, { first: 10 })).text).toContain(arn);
    hold.clear();
  });

  it('a start has a response with no-store', async () => {
    const served = await open({ variables: { LIST_CACHE_TTL_MS: '1000' } });
    expect((await start(served)).headers.get('cache-control')).toBe('no-store');
  });

  it('a start costs 10 and reports its upstream calls', async () => {
    const served = await open({ variables: { RATE_LIMIT: '25' } });
    const headers = { 'x-include-upstream-stats': 'true' };
    const { text } = await start(served, {}, headers);
    expect(JSON.parse(text)).toMatchObject({
      extensions: { upstream: { startCalls: 1, getCalls: 1, listCalls: 0 } },
    });
    await start(served);
    const { status, errors } = await start(served);
    expect([status, errors[0]?.extensions.code]).toEqual([429, 'RATE_LIMITED']);
  });

  it('a start has a log line with the caller and the invocation, but without its input', async () => {
    const { served, bearer } = await openWithTokens({ variables: { LOG_LEVEL: 'trace' } });
    const prompt = 'a very private lighthouse';
    const headers = await bearer({ scope: BOTH });
    const arn = arnOf(await start(served, { modelInput: { prompt } }, headers));
    served.emulator.inject({
      kind: 'error',
      type: 'ValidationException',
      status: 400,
      message: `#/prompt: "${prompt}" is not what the model takes`,
      times: 1,
    });
    const refused = await start(
      served,
      { modelInput: { prompt }, clientRequestToken: '2' },
      headers,
    );
    expect(lines(served, 'invocation started')).toMatchObject([
      { identity: 'https://issuer.example#ada', outcome: 'ok', attempts: 1, invocationArn: arn },
      { identity: 'https://issuer.example#ada', outcome: 'invalid', attempts: 1 },
    ]);
    await start(served, { modelInput: [prompt], clientRequestToken: '3' }, headers);
    await start(served, { modelInput: { prompt }, clientRequestToken: { prompt } }, headers);
    expect(served.logLines.join('')).not.toContain(prompt);
    expect(refused.text).not.toContain(prompt);
    expect(await metricsOf(served.url)).toContain(
      'bedrock_requests_total{operation="StartAsyncInvoke",region="us-east-1",outcome="ok"} 1',
    );
  });
});

describe('repeated starts', () => {
  it.each([
    [2, '0'],
    [20, '0'],
    [20, '60000'],
  ])(
    'a repeated start that arrives %i times at once starts one invocation, with a TTL of %s ms',
    async (times, ttl) => {
      const variables = { UPSTREAM_CONCURRENCY: '4', LIST_CACHE_TTL_MS: ttl };
      const served = await open({ variables });
      served.emulator.inject({ kind: 'latency', ms: 100, operation: 'StartAsyncInvoke' });
      const responses = await Promise.all(Array.from({ length: times }, () => start(served)));
      expect(new Set(responses.map(arnOf)).size).toBe(1);
      expect(served.emulator.jobs()).toHaveLength(1);
      expect(new Set(startsSeen(served).map((each) => each.clientRequestToken)).size).toBe(1);
    },
  );

  it('a repeated start waits for the first one in flight and makes no upstream call', async () => {
    const served = await open({ variables: { LIST_CACHE_TTL_MS: '60000' } });
    served.emulator.inject({ kind: 'latency', ms: 700, operation: 'StartAsyncInvoke' });
    const first = start(served);
    await waitFor(() => startsSeen(served).length === 1);
    const second = start(served);
    expect(arnOf(await second)).toBe(arnOf(await first));
    expect(startsSeen(served)).toHaveLength(1);
  });

  it('a repeated start in one operation starts one invocation', async () => {
    const served = await open();
    const { data, errors } = await served.query(
      `mutation ($input: StartAsyncInvokeInput!) {
        a: startAsyncInvoke(input: $input) { asyncInvoke { id } }
        b: startAsyncInvoke(input: $input) { asyncInvoke { id } } }`,
      { input: startInput() },
    );
    expect(errors).toEqual([]);
    expect(data?.a).toEqual(data?.b);
    expect(served.emulator.jobs()).toHaveLength(1);
  });

  it('a repeated start through another gateway returns the same invocation', async () => {
    const served = await open();
    const other = await startGateway({
      variables: { ...MAY_START, AWS_ENDPOINT_URL_BEDROCK_RUNTIME: served.emulator.url },
    });
    try {
      expect(arnOf(await start(other))).toBe(arnOf(await start(served)));
      expect(served.emulator.jobs()).toHaveLength(1);
    } finally {
      await other.stop();
    }
  });

  it('a repeated start returns the final status once the invocation has finished', async () => {
    const served = await open({ variables: { LIST_CACHE_TTL_MS: '60000' } });
    served.emulator.setKnobs({ durationScale: 0, failureRate: 0 });
    const first = payloadOf(await start(served));
    expect(payloadOf(await start(served)).asyncInvoke).toMatchObject({
      invocationArn: first.asyncInvoke?.invocationArn,
      status: 'COMPLETED',
    });
  });

  it('a repeated start with the same token and another input is a conflict while the first is in flight', async () => {
    const served = await open();
    served.emulator.inject({ kind: 'latency', ms: 100, operation: 'StartAsyncInvoke' });
    const first = start(served);
    await waitFor(() => startsSeen(served).length === 1);
    const other = await start(served, { modelInput: { prompt: 'another' } });
    expect([other.status, other.data]).toEqual([200, { startAsyncInvoke: null }]);
    expect(other.errors).toMatchObject([{ extensions: { code: 'CONFLICT', retryable: false } }]);
    arnOf(await first);
    expect(served.emulator.jobs()).toHaveLength(1);
  });

  it('a repeated start that succeeds is returned beside one that fails', async () => {
    const served = await open();
    const { data, errors } = await served.query(
      `mutation ($a: StartAsyncInvokeInput!, $b: StartAsyncInvokeInput!) {
        a: startAsyncInvoke(input: $a) { asyncInvoke { invocationArn } }
        b: startAsyncInvoke(input: $b) { asyncInvoke { invocationArn } } }`,
      { a: startInput(), b: startInput({ modelInput: { prompt: 'another' } }) },
    );
    const [job] = served.emulator.jobs();
    expect(data).toEqual({ a: { asyncInvoke: { invocationArn: job?.invocationArn } }, b: null });
    expect(errors).toMatchObject([{ path: ['b'], extensions: { code: 'CONFLICT' } }]);
  });
});

describe('idempotency tokens', () => {
  it('IDEM-03 the upstream idempotency token differs for each caller', async () => {
    const { served, bearer } = await openWithTokens();
    const [ada, bob] = await Promise.all(['ada', 'bob'].map((sub) => bearer({ sub, scope: BOTH })));
    const arns = [await start(served, {}, ada), await start(served, {}, bob)].map(arnOf);
    expect(new Set(arns).size).toBe(2);
    expect(arnOf(await start(served, {}, ada))).toBe(arns[0]);
    const tokens = startsSeen(served).map(({ clientRequestToken }) => clientRequestToken);
    expect(new Set(tokens).size).toBe(2);
    for (const token of tokens) expect(token).toMatch(/^[0-9a-f]{32}-[0-9a-f]{64}$/);
  });

  it('the upstream idempotency token never changes: retries that span a deployment would start a second job', async () => {
    const { served, bearer } = await openWithTokens();
    const { asyncInvoke } = payloadOf(await start(served, {}, await bearer({ scope: BOTH })));
    expect(asyncInvoke?.clientRequestToken).toBe(
      'ecd07bfb4cfd375f4b679379376676e8-70330b2944c62072ac595d53709fe3e9e74bcaef310b8e3ff8f1bb96a93686a7',
    );
  });

  it('the upstream idempotency token is shared by all anonymous callers, whatever their address', async () => {
    const served = await open({ variables: { HOST: '::', ALLOW_ANONYMOUS: 'true' } });
    const { port } = new URL(served.url);
    const operation = { query: START, variables: { input: startInput() } };
    const [first, second] = await Promise.all(
      ['127.0.0.1', '[::1]'].map(async (host) => {
        const response = await postJson(`http://${host}:${port}/graphql`, operation);
        return response.json();
      }),
    );
    expect(first).toEqual(second);
    expect(served.emulator.jobs()).toHaveLength(1);
    expect(new Set(lines(served, 'request').map(({ identity }) => identity)).size).toBe(2);
  });
});

describe('authorization', () => {
  it.each([
    ['only the scope to read', READ],
    ['no scope', undefined],
  ])('the right to start is missing for a token with %s', async (_what, scope) => {
    const { served, bearer } = await openWithTokens();
    const { status, data, errors } = await start(served, {}, await bearer({ scope }));
    expect([status, data]).toEqual([200, { startAsyncInvoke: null }]);
    expect(codesOf({ errors })).toEqual(['FORBIDDEN']);
    expect(served.emulator.requests).toEqual([]);
  });

  it('a start without the right to read returns only the identity of the invocation', async () => {
    const { served, bearer } = await openWithTokens();
    const headers = await bearer({ scope: 'async-invokes:start' });
    const { asyncInvoke, edge, userErrors } = payloadOf(await start(served, {}, headers));
    const [job] = served.emulator.jobs();
    expect([edge, userErrors]).toEqual([null, []]);
    expect(asyncInvoke).toMatchObject({
      invocationArn: job?.invocationArn,
      region: 'us-east-1',
      accountId: '111122223333',
      status: null,
      modelArn: null,
      submitTime: null,
      outputDataConfig: null,
    });
    expect(served.emulator.requests).toHaveLength(1);
  });

  it('the right to start belongs to a router, but not to its users without a required token', async () => {
    const subgraph = { GRAPH_ROLE: 'subgraph', ROUTER_SECRET: 'a-secret-of-the-router' };
    const secret = { 'router-authorization': 'a-secret-of-the-router' };
    const { served, bearer } = await openWithTokens({ variables: subgraph });
    const { errors } = await start(served, {}, secret);
    expect(codesOf({ errors })).toEqual(['FORBIDDEN']);
    expect(served.emulator.requests).toEqual([]);
    arnOf(await start(served, {}, { ...secret, ...(await bearer({ scope: BOTH })) }));
    await served.stop();
    arnOf(await start(await open({ variables: subgraph }), {}, secret));
  });
});

describe('allow-lists', () => {
  const uri = (s3Uri: string) => outputTo({ s3Uri });
  const provisioned = 'arn:aws:bedrock:us-east-1:111122223333:provisioned-model/0123456789ab';

  it.each<[string, Record<string, unknown>, string, string[]]>([
    ['another model', { modelId: 'luma.ray-v2:1' }, 'MODEL_NOT_ALLOWED', ['modelId']],
    ['a model with a longer name', { modelId: 'luma.ray-v2:0x' }, 'MODEL_NOT_ALLOWED', ['modelId']],
    ['a provisioned model', { modelId: provisioned }, 'MODEL_NOT_ALLOWED', ['modelId']],
    ...[
      's3://renders',
      's3://renders/',
      's3://renders/team-ab',
      's3://renders/team-b/team-a',
      's3://rendersx/team-a',
      's3://evil/renders/team-a',
    ].map((s3Uri): [string, Record<string, unknown>, string, string[]] => [
      s3Uri,
      uri(s3Uri),
      'OUTPUT_NOT_ALLOWED',
      ['outputDataConfig', 's3OutputDataConfig', 's3Uri'],
    ]),
  ])('the allow-list for starts rejects %s', async (_what, changes, code, field) => {
    const served = await open();
    const { asyncInvoke, edge, userErrors } = payloadOf(await start(served, changes));
    expect([asyncInvoke, edge]).toEqual([null, null]);
    expect(userErrors).toEqual([
      {
        code,
        field: ['input', ...field],
        message: expect.any(String) as string,
        awsRequestId: null,
      },
    ]);
    expect(served.emulator.requests).toEqual([]);
  });

  it.each([
    { modelId: 'arn:aws:bedrock:us-east-1::foundation-model/luma.ray-v2:0' },
    uri('s3://renders/team-a'),
    uri('s3://renders/team-a/'),
    uri('s3://renders/team-a/x/y z'),
  ])('the allow-list for starts accepts %j', async (changes) => {
    arnOf(await start(await open(), changes));
  });

  it('the allow-list for starts accepts any model for `*`, and each item of a list', async () => {
    const variables = {
      START_ALLOWED_MODELS: '*',
      START_ALLOWED_OUTPUTS: 's3://a-bucket, s3://other/x/',
    };
    const served = await open({ variables });
    arnOf(await start(served, { modelId: provisioned, ...uri('s3://a-bucket/k') }));
    arnOf(await start(served, { clientRequestToken: '2', ...uri('s3://other/x') }));
    expect(payloadOf(await start(served, uri('s3://a-bucket-2/k'))).asyncInvoke).toBeNull();
  });

  it('the allow-list for starts reports all violations together', async () => {
    const response = await start(await open(), { modelId: 'a.b', ...uri('s3://evil') });
    expect(payloadOf(response).userErrors.map(({ code }) => code)).toEqual([
      'MODEL_NOT_ALLOWED',
      'OUTPUT_NOT_ALLOWED',
    ]);
  });
});

describe('ENABLE_START', () => {
  it('the mutation is not in the schema without ENABLE_START=true', async () => {
    const served = await startGateway({ variables: { INTROSPECTION: 'true' } });
    gateway = served;
    const { status, errors } = await start(served);
    expect([status, errors[0]?.extensions.code]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
    const schema = await served.query('{ __schema { mutationType { name } types { name } } }');
    expect(schema.data).toMatchObject({ __schema: { mutationType: null } });
    expect(schema.text).not.toMatch(/Mutation|Start|"JSON"|Input"/);
    const subgraph = await startGateway({ variables: { GRAPH_ROLE: 'subgraph' } });
    expect((await subgraph.query('{ _service { sdl } }')).text).not.toMatch(/Mutation|Start/);
    await subgraph.stop();
  });

  it('the mutation is enabled by default in local mode, and can be disabled', async () => {
    const local = await startGateway({ mode: 'local' });
    gateway = local;
    arnOf(await start(local, { modelId: 'a.b', ...outputTo({ s3Uri: 's3://anything' }) }));
    await local.stop();
    gateway = await startGateway({ mode: 'local', variables: { ENABLE_START: 'false' } });
    expect((await start(gateway)).status).toBe(400);
  });
});

describe('client disconnects', () => {
  /** Waits for the upstream request. Returns a function that disconnects before its response. */
  async function startAndWait(served: Gateway): Promise<() => Promise<void>> {
    const controller = new AbortController();
    const operation = { query: START, variables: { input: startInput() } };
    const response = served.fetch({ ...jsonRequest(operation), signal: controller.signal });
    await waitFor(() => startsSeen(served).length === 1);
    return async () => {
      controller.abort();
      await expect(response).rejects.toThrow();
    };
  }

  it('a client that disconnects does not cancel a start: the next request returns the same one', async () => {
    const served = await open({ variables: { LIST_CACHE_TTL_MS: '60000' } });
    served.emulator.inject({ kind: 'latency', ms: 200, operation: 'StartAsyncInvoke', times: 1 });
    const disconnect = await startAndWait(served);
    await served.query(LIST);
    await disconnect();
    await waitFor(() => lines(served, 'invocation started').length === 1);
    expect(served.emulator.counts.aborted).toBe(0);
    const [job] = served.emulator.jobs();
    expect(lines(served, 'invocation started')).toMatchObject([
      { outcome: 'ok', invocationArn: job?.invocationArn },
    ]);
    expect((await served.query(LIST)).text).toContain(job?.invocationArn);
    expect(arnOf(await start(served))).toBe(job?.invocationArn);
    expect(served.emulator.jobs()).toHaveLength(1);
  });

  it('a client that disconnects does not delay a stop, which waits for the start itself', async () => {
    const served = await open();
    served.emulator.inject({ kind: 'latency', ms: 300, operation: 'StartAsyncInvoke', times: 1 });
    const disconnect = await startAndWait(served);
    await disconnect();
    await served.server.stop();
    expect(lines(served, 'invocation started')).toMatchObject([{ outcome: 'ok' }]);
    expect(served.emulator.counts.aborted).toBe(0);
  });
});

describe('started invocations', () => {
  it('a started invocation can be read like any other', async () => {
    const served = await open();
    const arn = arnOf(await start(served));
    const { data } = await served.query(GET, { arn });
    expect(data).toMatchObject({ asyncInvoke: { invocationArn: arn, status: 'IN_PROGRESS' } });
  });
});
