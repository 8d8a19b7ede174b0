import { type Gateway, startGateway } from '../harness/gateway.ts';
import { codesOf, type GraphqlResponse } from '../harness/graphql-client.ts';
import { type Issuer, READ, startIssuer } from '../harness/issuer.ts';
import {
  arnOf,
  MAY_START,
  outputTo,
  payloadOf,
  start,
  startInput,
  startsSeen,
} from '../harness/start.ts';

const SECRET = 'a-secret-that-is-long-enough-for-the-check';
const LIMITS = { ...MAY_START, STARTS_PER_MINUTE: '60', STARTS_PER_MINUTE_PER_CALLER: '10' };

let issuer: Issuer;
let gateway: Gateway;
beforeAll(async () => {
  issuer = await startIssuer();
});
afterAll(() => issuer.stop());
afterEach(() => gateway.stop());

type Start = (changes?: Record<string, unknown>) => Promise<GraphqlResponse>;

async function setUp(variables: Record<string, string> = {}) {
  gateway = await startGateway({ variables: { ...LIMITS, ...issuer.variables, ...variables } });
  const callerOf = async (sub: string): Promise<Start> => {
    const scope = `${READ} async-invokes:start`;
    const authorization = `Bearer ${await issuer.sign({ sub, scope })}`;
    return (changes) => start(gateway, changes, { authorization });
  };
  return { ada: await callerOf('ada'), bob: await callerOf('bob') };
}

const times = <T>(count: number, work: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => work(index));
const token = (n: number) => ({ clientRequestToken: `token-${n}` });
const started = (responses: readonly GraphqlResponse[]) =>
  responses.filter(({ errors }) => errors.length === 0).map(arnOf);

function expectRefused(response: GraphqlResponse | undefined, limit: string, max: number): void {
  expect(response?.data).toEqual({ startAsyncInvoke: null });
  expect(response?.errors).toHaveLength(1);
  const [error] = response?.errors ?? [];
  expect(error?.message).toContain(limit);
  expect(error?.extensions).toMatchObject({ code: 'RATE_LIMITED', limit, max, retryable: true });
  expect(error?.extensions.retryAfterMs).toBeGreaterThan(30_000);
  expect(error?.extensions.retryAfterMs).toBeLessThanOrEqual(60_000);
  expect(Number(response?.headers.get('retry-after'))).toBeGreaterThan(30);
}

describe('starts of one caller', () => {
  it('S8 11 starts in a minute are 10', async () => {
    const { ada } = await setUp();
    for (let n = 0; n < 10; n += 1) arnOf(await ada(token(n)));
    expectRefused(await ada(token(10)), 'STARTS_PER_MINUTE_PER_CALLER', 10);
    expect(startsSeen(gateway)).toHaveLength(10);
    expect(gateway.emulator.jobs()).toHaveLength(10);
  });

  it('S8 40 starts at the same time are 10', async () => {
    const { ada } = await setUp();
    const responses = await Promise.all(times(40, (n) => ada(token(n))));
    expect(new Set(started(responses)).size).toBe(10);
    expect(startsSeen(gateway)).toHaveLength(10);
  });

  it('S8 40 retries of one start are one, and all of them get its ARN', async () => {
    const { ada } = await setUp();
    const responses = await Promise.all(times(20, () => ada(token(0))));
    for (let n = 0; n < 20; n += 1) responses.push(await ada(token(0)));
    expect(responses.flatMap(codesOf)).toEqual([]);
    expect(new Set(started(responses)).size).toBe(1);
    for (let n = 1; n < 10; n += 1) arnOf(await ada(token(n)));
    // A retry costs nothing, also when the limit is reached.
    arnOf(await ada(token(0)));
    expectRefused(await ada(token(10)), 'STARTS_PER_MINUTE_PER_CALLER', 10);
  });

  it('S8 count one by one when one operation has several', async () => {
    const { ada } = await setUp({ STARTS_PER_MINUTE_PER_CALLER: '3' });
    await ada(token(0));
    const authorization = `Bearer ${await issuer.sign({ scope: `${READ} async-invokes:start` })}`;
    const fields = times(
      4,
      (n) => `s${n}: startAsyncInvoke(input: $i${n}) { userErrors { code } }`,
    );
    const variables = Object.fromEntries(times(4, (n) => [`i${n}`, startInput(token(n + 1))]));
    const definitions = times(4, (n) => `$i${n}: StartAsyncInvokeInput!`).join(', ');
    const mutation = `mutation Many(${definitions}) { ${fields.join(' ')} }`;
    const { errors } = await gateway.query(mutation, variables, { authorization });
    expect(errors.map(({ extensions }) => extensions.code)).toContain('RATE_LIMITED');
    expect(startsSeen(gateway)).toHaveLength(3);
  });

  it('S8 that AWS refuses count, and input that the gateway refuses does not', async () => {
    const { ada } = await setUp({ STARTS_PER_MINUTE_PER_CALLER: '2' });
    for (let n = 0; n < 5; n += 1) {
      const refused = await ada({ ...token(n), ...outputTo({ s3Uri: 's3://elsewhere' }) });
      expect(payloadOf(refused).userErrors[0]?.code).toBe('OUTPUT_NOT_ALLOWED');
      const invalid = await ada({ ...token(n), ...outputTo({ bucketOwner: 'x' }) });
      expect(codesOf(invalid)).toEqual(['BAD_USER_INPUT']);
    }
    gateway.emulator.inject({ kind: 'error', type: 'ValidationException', status: 400 });
    for (let n = 0; n < 2; n += 1) {
      expect(payloadOf(await ada(token(n))).userErrors[0]?.code).toBe('INPUT_REFUSED');
    }
    expectRefused(await ada(token(2)), 'STARTS_PER_MINUTE_PER_CALLER', 2);
  });

  it('S8 do not use up the starts of another caller', async () => {
    const { ada, bob } = await setUp();
    await Promise.all(times(30, (n) => ada(token(n))));
    const responses = await Promise.all(times(10, (n) => bob(token(n))));
    expect(responses.flatMap(codesOf)).toEqual([]);
    expect(startsSeen(gateway)).toHaveLength(20);
  });

  it('S8 are limited for all callers together', async () => {
    const { ada, bob } = await setUp({ STARTS_PER_MINUTE: '12' });
    await Promise.all(times(10, (n) => ada(token(n))));
    await Promise.all(times(2, (n) => bob(token(n))));
    expectRefused(await bob(token(2)), 'STARTS_PER_MINUTE', 12);
    expect(startsSeen(gateway)).toHaveLength(12);
  });
});

describe('starts without a token of a user', () => {
  it('S8 of a router count only for all callers together', async () => {
    gateway = await startGateway({
      variables: {
        ...LIMITS,
        STARTS_PER_MINUTE: '15',
        GRAPH_ROLE: 'subgraph',
        ROUTER_SECRET: SECRET,
      },
    });
    const responses = await Promise.all(
      times(20, (n) => start(gateway, token(n), { 'router-authorization': SECRET })),
    );
    expect(started(responses)).toHaveLength(15);
    expectRefused(
      responses.find(({ errors }) => errors.length > 0),
      'STARTS_PER_MINUTE',
      15,
    );
  });

  it('S8 of anonymous callers count for their address', async () => {
    gateway = await startGateway({ variables: LIMITS });
    const responses = await Promise.all(times(20, (n) => start(gateway, token(n))));
    expect(started(responses)).toHaveLength(10);
  });
});
