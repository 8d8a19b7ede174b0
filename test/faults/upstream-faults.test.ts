import type { Fault } from '../../src/emulator/emulator.ts';
import { type Gateway, startGateway } from '../harness/gateway.ts';
import { codesOf, type GraphqlResponse } from '../harness/graphql-client.ts';
import { GET, LIST } from '../harness/queries.ts';
import { waitFor } from '../harness/wait-for.ts';

const DEADLINE_MS = 1500;
/** Two attempts fit into the deadline. */
const VARIABLES = {
  REQUEST_TIMEOUT_MS: String(DEADLINE_MS),
  UPSTREAM_ATTEMPT_TIMEOUT_MS: '500',
  UPSTREAM_MAX_ATTEMPTS: '2',
};

/** Two jobs: faults change the first, and must not affect the second. */
const ARNS = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb'].map(
  (id) => `arn:aws:bedrock:us-east-1:111122223333:async-invoke/${id}`,
);
const [NEWEST = '', OLDEST = ''] = ARNS;
const PRINCIPAL = 'arn:aws:sts::999988887777:assumed-role/gateway/session';
const SECRET =
  /999988887777|assumed-role|<html|at file:|node_modules|\/src\/|Exception|SyntaxError/i;

interface Row {
  readonly id: string;
  readonly fault: Fault;
  readonly times?: number;
  /** The field is null with an error of this code. Undefined: the field has data. */
  readonly code?: string;
  readonly calls: number;
  /** On a busy machine, the first attempt may time out before it has read enough. */
  readonly mayRetry?: boolean;
  readonly extensions?: Readonly<Record<string, unknown>>;
  readonly retryAfter?: boolean;
}

const error = (type: string, status: number, headers = {}): Fault => ({
  kind: 'error',
  type,
  status,
  headers,
  message: `User: ${PRINCIPAL} is not authorized or throttled <html>`,
});
const body = (status: number, text: string): Fault => ({ kind: 'response', status, body: text });
const HTML = '<html><body><h1>502 Bad Gateway</h1></body></html>';

/** Faults with the same result for a list and for one invocation. */
const BOTH: readonly Row[] = [
  {
    id: 'UP-01 throttled on every attempt',
    fault: error('ThrottlingException', 429),
    code: 'RATE_LIMITED',
    calls: 2,
    extensions: { retryable: true, retryAfterMs: expect.any(Number) as number },
    retryAfter: true,
  },
  { id: 'UP-02 throttled once', fault: error('ThrottlingException', 429), times: 1, calls: 2 },
  {
    id: 'UP-03 throttled with a Retry-After of one hour',
    fault: error('ThrottlingException', 429, { 'retry-after': '3600' }),
    code: 'GATEWAY_TIMEOUT',
    calls: 1,
  },
  {
    id: 'UP-04 an internal error on every attempt',
    fault: error('InternalServerException', 500),
    code: 'SERVICE_UNAVAILABLE',
    calls: 2,
    retryAfter: true,
  },
  {
    id: 'UP-07 access denied with ARNs in the message',
    fault: error('AccessDeniedException', 403),
    code: 'FORBIDDEN',
    calls: 1,
    extensions: { retryable: false, awsRequestId: expect.any(String) as string },
  },
  {
    id: 'UP-08 expired credentials',
    fault: error('ExpiredTokenException', 403),
    code: 'SERVICE_UNAVAILABLE',
    calls: 1,
    extensions: { retryable: true },
  },
  {
    id: 'UP-14 an unknown error type',
    fault: error('TeapotException', 418),
    code: 'BAD_GATEWAY',
    calls: 1,
  },
  { id: 'BODY-01 502 with HTML', fault: body(502, HTML), code: 'BAD_GATEWAY', calls: 2 },
  { id: 'BODY-02 200 with HTML', fault: body(200, HTML), code: 'BAD_GATEWAY', calls: 1 },
  {
    id: 'BODY-03 truncated JSON',
    fault: body(200, '{"asyncInvokeSummaries":[{"invoc'),
    code: 'BAD_GATEWAY',
    calls: 1,
  },
  { id: 'BODY-05 an empty body', fault: body(200, ''), code: 'BAD_GATEWAY', calls: 1 },
  { id: 'BODY-06 a body of null', fault: body(200, 'null'), code: 'BAD_GATEWAY', calls: 1 },
  {
    id: 'BODY-21 a body of 50 MB',
    fault: { kind: 'large-body', bytes: 50_000_000 },
    code: 'BAD_GATEWAY',
    calls: 1,
    mayRetry: true,
  },
  { id: 'NET-01 no response', fault: { kind: 'hang' }, code: 'GATEWAY_TIMEOUT', calls: 2 },
  {
    id: 'NET-03 one byte every 50 ms',
    fault: { kind: 'drip', intervalMs: 50 },
    code: 'GATEWAY_TIMEOUT',
    calls: 2,
  },
  {
    id: 'NET-04 a slow response within the deadline',
    fault: { kind: 'latency', ms: 200, jitterMs: 100 },
    calls: 1,
  },
  {
    id: 'NET-06 every connection reset',
    fault: { kind: 'reset' },
    code: 'SERVICE_UNAVAILABLE',
    calls: 2,
  },
  { id: 'NET-07 one connection reset', fault: { kind: 'reset' }, times: 1, calls: 2 },
];

let gateway: Gateway;
const rejections: unknown[] = [];
const onRejection = (reason: unknown) => rejections.push(reason);

beforeAll(async () => {
  process.on('unhandledRejection', onRejection);
  gateway = await startGateway({ variables: VARIABLES });
  const submitTime = Date.now() - 60_000;
  gateway.emulator.addJob({ invocationArn: NEWEST, submitTime, endTime: submitTime + 9000 });
  gateway.emulator.addJob({
    invocationArn: OLDEST,
    submitTime: submitTime - 60_000,
    endTime: submitTime,
  });
});

afterEach(async () => {
  // No upstream request outlives its response.
  await waitFor(() => gateway.emulator.counts.inFlight === 0);
  gateway.emulator.clearFaults();
  gateway.emulator.clearRequests();
  expect(rejections).toEqual([]);
});

afterAll(async () => {
  await gateway.stop();
  process.off('unhandledRejection', onRejection);
});

async function timed(request: () => Promise<GraphqlResponse>): Promise<GraphqlResponse> {
  const start = performance.now();
  const response = await request();
  expect(performance.now() - start).toBeLessThan(DEADLINE_MS + 400);
  return response;
}

type Outcome = Pick<Row, 'code' | 'extensions' | 'retryAfter'>;

function expectOutcome(
  { code, extensions = {}, retryAfter = false }: Outcome,
  response: GraphqlResponse,
) {
  expect(response.status).toBe(200);
  expect(JSON.stringify(response.errors)).not.toMatch(SECRET);
  expect(codesOf(response)).toEqual(code ? [code] : []);
  expect(Object.values(response.data ?? {})).toEqual([code ? null : expect.anything()]);
  if (code) expect(response.errors[0]?.extensions).toMatchObject(extensions);
  if (retryAfter) expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
}

describe.each([
  { operation: 'ListAsyncInvokes', send: () => gateway.query(LIST, { first: 10 }) },
  { operation: 'GetAsyncInvoke', send: () => gateway.query(GET, { arn: NEWEST }) },
] as const)('$operation', ({ operation, send }) => {
  it.each(BOTH)('$id has the documented result', async (row) => {
    const { fault, times, calls, mayRetry } = row;
    gateway.emulator.inject({ ...fault, operation, ...(times !== undefined && { times }) });
    expectOutcome(row, await timed(send));
    const { length } = gateway.emulator.requests;
    expect(mayRetry ? Math.min(length, calls) : length).toBe(calls);
  });
});

it('BODY-21 a response that is too large is not read to its end', async () => {
  gateway.emulator.inject({ kind: 'large-body', bytes: 500_000_000 });
  await gateway.query(LIST);
  await waitFor(() => gateway.emulator.counts.inFlight === 0);
  // On a busy machine the first attempt may time out before it reaches the limit, and be retried.
  const { received, completed, aborted } = gateway.emulator.counts;
  expect(received).toBeGreaterThan(0);
  expect([completed, aborted]).toEqual([0, received]);
});

describe('upstream refusals', () => {
  it('UP-10 an upstream refusal of a list is BAD_USER_INPUT', async () => {
    gateway.emulator.inject(error('ValidationException', 400));
    expectOutcome({ code: 'BAD_USER_INPUT' }, await gateway.query(LIST));
    expect(gateway.emulator.requests).toHaveLength(1);
  });

  it.each([
    ['UP-10', 'ValidationException', 400],
    ['UP-11', 'ResourceNotFoundException', 404],
  ] as const)(
    '%s %s of a get means that the invocation does not exist',
    async (_id, type, status) => {
      gateway.emulator.inject(error(type, status));
      const { data, errors } = await gateway.query(GET, { arn: NEWEST });
      expect({ data, errors }).toEqual({ data: { asyncInvoke: null }, errors: [] });
      expect(gateway.emulator.requests).toHaveLength(1);
    },
  );
});

describe('invalid page tokens', () => {
  it.each([
    ['BODY-18 a page token longer than the service model allows', 'x'.repeat(10_000)],
    ['BODY-18 a page token with white space', 'a token'],
    ['a page token that is empty', ''],
    ['a page token that is a number', 7],
  ])('%s is BAD_GATEWAY', async (_id, nextToken) => {
    gateway.emulator.inject({ kind: 'rewrite', rewrite: (json) => ({ ...json, nextToken }) });
    const { errors } = await gateway.query(LIST, { first: 10 });
    expect(codesOf({ errors })).toEqual(['BAD_GATEWAY']);
  });

  it('BODY-19 a page token that repeats ends the search', async () => {
    gateway.emulator.inject(body(200, '{"asyncInvokeSummaries":[],"nextToken":"again"}'));
    const { errors } = await gateway.query(LIST, { first: 10 });
    expect(codesOf({ errors })).toEqual(['BAD_GATEWAY']);
    expect(gateway.emulator.requests).toHaveLength(2);
  });
});
