import type { Fault } from '../../src/emulator/emulator.ts';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import { codesOf, type GraphqlResponse } from '../harness/graphql-client.ts';
import { LIST } from '../harness/queries.ts';
import { arnOf, MAY_START, payloadOf, start, startInput, startsSeen } from '../harness/start.ts';
import { waitFor } from '../harness/wait-for.ts';

const DEADLINE_MS = 1500;
const VARIABLES = {
  ...MAY_START,
  REQUEST_TIMEOUT_MS: String(DEADLINE_MS),
  UPSTREAM_ATTEMPT_TIMEOUT_MS: '500',
  UPSTREAM_MAX_ATTEMPTS: '2',
  // Failures of one row must not open the circuit for the next.
  CIRCUIT_BREAKER_SIZE: '1000',
};
const PRINCIPAL = 'arn:aws:sts::999988887777:assumed-role/gateway/session';
const SECRET =
  /999988887777|assumed-role|<html|at file:|node_modules|\/src\/|Exception|SyntaxError/i;

const error = (type: string, status: number, headers = {}): Fault => ({
  kind: 'error',
  type,
  status,
  headers,
  message: `User: ${PRINCIPAL} is not authorized or throttled <html>`,
});
const body = (status: number, text: string): Fault => ({ kind: 'response', status, body: text });
const HTML = '<html><body><h1>502 Bad Gateway</h1></body></html>';

let gateway: Gateway;
/** Each test uses a different idempotency token. */
let tokenNumber = 0;
const rejections: unknown[] = [];
const onRejection = (reason: unknown) => rejections.push(reason);

beforeAll(async () => {
  process.on('unhandledRejection', onRejection);
  gateway = await startGateway({ variables: VARIABLES });
  // The first start compiles code, which may take longer than the deadline on a busy machine.
  await start(gateway, { clientRequestToken: 'warm-up' });
  gateway.emulator.clearRequests();
});
beforeEach(() => {
  tokenNumber += 1;
});
afterEach(async () => {
  await waitFor(() => gateway.emulator.counts.inFlight === 0);
  gateway.emulator.clearFaults();
  gateway.emulator.clearRequests();
  expect(rejections).toEqual([]);
});
afterAll(async () => {
  await gateway.stop();
  process.off('unhandledRejection', onRejection);
});

const begin = () => start(gateway, { clientRequestToken: `token-${tokenNumber}` });
const tokensSeen = () => new Set(startsSeen(gateway).map((each) => each.clientRequestToken));

async function timed(request: () => Promise<GraphqlResponse>): Promise<GraphqlResponse> {
  const before = performance.now();
  const response = await request();
  expect(performance.now() - before).toBeLessThan(DEADLINE_MS + 400);
  expect(response.status).toBe(200);
  expect(JSON.stringify([response.errors, response.data])).not.toMatch(SECRET);
  return response;
}

interface Row {
  readonly id: string;
  readonly fault: Fault;
  readonly code: string;
  readonly calls: number;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

const ROWS: readonly Row[] = [
  {
    id: 'UP-01 throttled on every attempt',
    fault: error('ThrottlingException', 429),
    code: 'RATE_LIMITED',
    calls: 2,
    extensions: { retryable: true },
  },
  {
    id: 'UP-03 throttled with a Retry-After of one hour',
    fault: error('ThrottlingException', 429, { 'retry-after': '3600' }),
    code: 'GATEWAY_TIMEOUT',
    calls: 1,
  },
  {
    id: 'UP-06 unavailable on every attempt',
    fault: error('ServiceUnavailableException', 503),
    code: 'SERVICE_UNAVAILABLE',
    calls: 2,
    extensions: { retryable: true },
  },
  {
    id: 'UP-07 access denied with ARNs in the message',
    fault: error('AccessDeniedException', 403),
    code: 'FORBIDDEN',
    calls: 1,
    extensions: { retryable: false },
  },
  {
    id: 'UP-08 expired credentials of the gateway',
    fault: error('ExpiredTokenException', 403),
    code: 'SERVICE_UNAVAILABLE',
    calls: 1,
  },
  {
    id: 'UP-12 a conflict of tokens',
    fault: error('ConflictException', 400),
    code: 'CONFLICT',
    calls: 1,
    extensions: { retryable: false },
  },
  {
    id: 'UP-13 an exceeded quota',
    fault: error('ServiceQuotaExceededException', 400),
    code: 'QUOTA_EXCEEDED',
    calls: 1,
    extensions: { retryable: false },
  },
  { id: 'UP-14 an unknown error type', fault: error('Teapot', 418), code: 'BAD_GATEWAY', calls: 1 },
  { id: 'BODY-01 502 with HTML', fault: body(502, HTML), code: 'BAD_GATEWAY', calls: 2 },
  { id: 'BODY-02 200 with HTML', fault: body(200, HTML), code: 'BAD_GATEWAY', calls: 1 },
  { id: 'BODY-05 an empty body', fault: body(200, ''), code: 'BAD_GATEWAY', calls: 1 },
  { id: 'BODY-06 a body of null', fault: body(200, 'null'), code: 'BAD_GATEWAY', calls: 1 },
  { id: 'BODY-14 a missing ARN', fault: body(200, '{}'), code: 'BAD_GATEWAY', calls: 1 },
  {
    id: 'BODY-14 an ARN of another service',
    fault: body(200, '{"invocationArn":"arn:aws:s3:::bucket"}'),
    code: 'BAD_GATEWAY',
    calls: 1,
  },
  { id: 'NET-01 no response', fault: { kind: 'hang' }, code: 'GATEWAY_TIMEOUT', calls: 2 },
  {
    id: 'NET-06 every connection reset',
    fault: { kind: 'reset' },
    code: 'SERVICE_UNAVAILABLE',
    calls: 2,
  },
];

describe('StartAsyncInvoke', () => {
  it.each(ROWS)(
    '$id is an error of startAsyncInvoke',
    async ({ fault, code, calls, extensions = {} }) => {
      gateway.emulator.inject({ ...fault, operation: 'StartAsyncInvoke' });
      const { data, errors } = await timed(begin);
      expect(data).toEqual({ startAsyncInvoke: null });
      expect(errors).toMatchObject([
        { path: ['startAsyncInvoke'], extensions: { code, ...extensions } },
      ]);
      expect(startsSeen(gateway)).toHaveLength(calls);
      expect(tokensSeen().size).toBe(1);
      expect(gateway.emulator.requests).toHaveLength(calls);
    },
  );

  it.each([
    ['UP-10', 'ValidationException', 400, 'INPUT_REFUSED', null],
    ['UP-11', 'ResourceNotFoundException', 404, 'MODEL_NOT_FOUND', ['input', 'modelId']],
  ] as const)('%s %s is a user error', async (_id, type, status, code, field) => {
    gateway.emulator.inject({ ...error(type, status), operation: 'StartAsyncInvoke' });
    const response = await timed(begin);
    expect(response.errors).toEqual([]);
    expect(payloadOf(response)).toEqual({
      asyncInvoke: null,
      edge: null,
      userErrors: [
        {
          code,
          field,
          message: expect.any(String) as string,
          awsRequestId: gateway.emulator.requests[0]?.requestId,
        },
      ],
    });
    expect(startsSeen(gateway)).toHaveLength(1);
  });
});

describe('lost responses of starts', () => {
  it.each<[string, Fault]>([
    ['IDEM-01 a start whose response is lost with its connection', { kind: 'effect-then-reset' }],
    ['a start whose response is lost because it is too late', { kind: 'latency', ms: 700 }],
    ['a start whose response is lost while it is sent', { kind: 'goaway' }],
  ])('%s is found by the retry', async (_id, fault) => {
    const before = gateway.emulator.jobs().length;
    gateway.emulator.inject({ ...fault, operation: 'StartAsyncInvoke', times: 1 });
    const arn = arnOf(await timed(begin));
    expect(startsSeen(gateway)).toHaveLength(2);
    expect(tokensSeen().size).toBe(1);
    expect(gateway.emulator.jobs()).toHaveLength(before + 1);
    expect(gateway.emulator.jobs().map(({ invocationArn }) => invocationArn)).toContain(arn);
  });

  it.each<[string, Fault]>([
    ['a start whose response is lost with every connection', { kind: 'effect-then-reset' }],
    [
      'a start whose response is lost because it is too late each time',
      { kind: 'latency', ms: 700 },
    ],
    [
      'a start whose response is lost because it is invalid',
      { kind: 'rewrite', rewrite: () => ({}) },
    ],
  ])('%s is found by the client’s next request', async (_id, fault) => {
    const before = gateway.emulator.jobs().length;
    const injected = gateway.emulator.inject({ ...fault, operation: 'StartAsyncInvoke' });
    const lost = await timed(begin);
    expect(lost.data).toEqual({ startAsyncInvoke: null });
    expect(lost.errors[0]?.extensions.code).toMatch(
      /^(?:GATEWAY_TIMEOUT|SERVICE_UNAVAILABLE|BAD_GATEWAY)$/,
    );
    injected.clear();
    const found = arnOf(await timed(begin));
    expect(gateway.emulator.jobs()).toHaveLength(before + 1);
    expect(gateway.emulator.jobs().at(-1)?.invocationArn).toBe(found);
  });

  it('a start in flight is joined by the client’s next request', async () => {
    gateway.emulator.inject({ kind: 'latency', ms: 400, operation: 'StartAsyncInvoke' });
    const before = gateway.emulator.jobs().length;
    const short = start(
      gateway,
      { clientRequestToken: `token-${tokenNumber}` },
      { 'x-request-timeout-ms': '150' },
    );
    expect((await short).errors[0]?.extensions.code).toBe('GATEWAY_TIMEOUT');
    arnOf(await timed(begin));
    expect(startsSeen(gateway)).toHaveLength(1);
    expect(gateway.emulator.counts.aborted).toBe(0);
    expect(gateway.emulator.jobs()).toHaveLength(before + 1);
  });

  it('IDEM-02 a start that arrives five times at once starts one job', async () => {
    const before = gateway.emulator.jobs().length;
    gateway.emulator.inject({ kind: 'effect-then-reset', operation: 'StartAsyncInvoke', times: 1 });
    const responses = await Promise.all(Array.from({ length: 5 }, begin));
    expect(new Set(responses.map(arnOf)).size).toBe(1);
    expect(tokensSeen().size).toBe(1);
    expect(gateway.emulator.jobs()).toHaveLength(before + 1);
  });
});

describe('starts that cannot be read back', () => {
  it.each<[string, Fault]>([
    [
      'a start that cannot be read back because access is denied',
      error('AccessDeniedException', 403),
    ],
    [
      'a start that cannot be read back because it is not visible yet',
      error('ValidationException', 400),
    ],
    ['a start that cannot be read back because AWS fails', error('InternalServerException', 500)],
    ['a start that cannot be read back because AWS does not respond', { kind: 'hang' }],
    ['a start that cannot be read back because the response is HTML', body(200, HTML)],
    [
      'a start that cannot be read back because the response has no ARN',
      { kind: 'rewrite', rewrite: () => ({}) },
    ],
  ])('%s is returned with its identity', async (_why, fault) => {
    gateway.emulator.inject({ ...fault, operation: 'GetAsyncInvoke' });
    const response = await timed(begin);
    const [job] = gateway.emulator.jobs().slice(-1);
    expect(response.errors).toEqual([]);
    expect(payloadOf(response)).toMatchObject({
      asyncInvoke: {
        invocationArn: job?.invocationArn,
        region: 'us-east-1',
        accountId: '111122223333',
        clientRequestToken: job?.clientRequestToken,
        status: null,
      },
      edge: null,
      userErrors: [],
    });
  });
});

describe('starts under load and outage', () => {
  it('a start opens the circuit like a read, and is not sent while the circuit is open', async () => {
    const served = await startGateway({
      variables: {
        ...VARIABLES,
        CIRCUIT_BREAKER_SIZE: '4',
        CIRCUIT_BREAKER_HALF_OPEN_AFTER_MS: '60000',
      },
    });
    try {
      served.emulator.inject(error('ServiceUnavailableException', 503));
      const codes: unknown[] = [];
      for (let n = 0; n < 8; n += 1) {
        codes.push(...codesOf(await start(served, { clientRequestToken: `token-${n}` })));
      }
      expect(new Set(codes)).toEqual(new Set(['SERVICE_UNAVAILABLE']));
      expect(startsSeen(served).length).toBeLessThanOrEqual(8);
      expect(codesOf(await served.query(LIST))).toEqual(['SERVICE_UNAVAILABLE']);
    } finally {
      await served.stop();
    }
  });

  it('a start waits in the queue behind other starts', async () => {
    const served = await startGateway({ variables: { ...VARIABLES, UPSTREAM_CONCURRENCY: '1' } });
    try {
      served.emulator.inject({ kind: 'latency', ms: 50, operation: 'StartAsyncInvoke' });
      const responses = await Promise.all(
        Array.from({ length: 6 }, (_, n) => start(served, { clientRequestToken: `token-${n}` })),
      );
      expect(new Set(responses.map(arnOf)).size).toBe(6);
      expect(served.emulator.counts.peakInFlight).toBe(1);
    } finally {
      await served.stop();
    }
  });

  it('a start is not sent after the deadline of its request', async () => {
    gateway.emulator.inject({ kind: 'hang', operation: 'StartAsyncInvoke' });
    const other = { ...startInput(), clientRequestToken: `token-${tokenNumber}-b` };
    const { data, errors } = await gateway.query(
      `mutation ($a: StartAsyncInvokeInput!, $b: StartAsyncInvokeInput!) {
        a: startAsyncInvoke(input: $a) { asyncInvoke { id } }
        b: startAsyncInvoke(input: $b) { asyncInvoke { id } } }`,
      { a: { ...startInput(), clientRequestToken: `token-${tokenNumber}` }, b: other },
      // Shorter than an attempt, so that the first start uses all of it.
      { 'x-request-timeout-ms': '300' },
    );
    expect(data).toEqual({ a: null, b: null });
    expect(tokensSeen().size).toBe(1);
    expect(codesOf({ errors })).toEqual(['GATEWAY_TIMEOUT', 'GATEWAY_TIMEOUT']);
  });
});
