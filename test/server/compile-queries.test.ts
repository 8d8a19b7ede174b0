import { type Gateway, startGateway } from '../harness/gateway.ts';
import { LIST } from '../harness/queries.ts';

/** The same account and jobs for both gateways. */
const EMULATOR = { seed: 7, jobs: 30, clock: () => Date.UTC(2026, 0, 1) };

const QUERIES: readonly [what: string, query: string][] = [
  ['a list with all fields', LIST],
  [
    'fragments, aliases and a skipped field',
    `
    query { page: asyncInvokes(first: 2) { nodes { ...Row } edges { cursor @skip(if: true) } } }
    fragment Row on AsyncInvokeSummary { arn: invocationArn status __typename }`,
  ],
  [
    'an invocation that does not exist',
    `{ asyncInvoke(invocationArn:
    "arn:aws:bedrock:us-east-1:111122223333:async-invoke/000000000000") { id } }`,
  ],
  ['an invalid ARN', '{ asyncInvoke(invocationArn: "arn:aws:s3:::bucket") { id } }'],
];

let compiled: Gateway;
let interpreted: Gateway;
beforeAll(async () => {
  [compiled, interpreted] = await Promise.all([
    startGateway({ emulator: EMULATOR }),
    startGateway({ emulator: EMULATOR, variables: { COMPILE_QUERIES: 'false' } }),
  ]);
});
afterAll(() => Promise.all([compiled.stop(), interpreted.stop()]));

it.each(QUERIES)('COMPILE_QUERIES=false returns the same body for %s', async (_what, query) => {
  const [expected, actual] = await Promise.all([compiled.query(query), interpreted.query(query)]);
  expect(expected.text.length).toBeGreaterThan(10);
  expect(JSON.parse(actual.text)).toEqual(JSON.parse(expected.text));
  expect(actual.status).toBe(expected.status);
});

it('COMPILE_QUERIES=false also shares whole responses between equal polls', async () => {
  const variables = { COMPILE_QUERIES: 'false', LIST_CACHE_TTL_MS: '60000' };
  const gateway = await startGateway({ emulator: EMULATOR, variables });
  try {
    const first = await gateway.query(LIST);
    expect((await gateway.query(LIST)).text).toBe(first.text);
    const log = gateway.logLines.join('');
    expect(log.match(/"msg":"request"/g)).toHaveLength(2);
    expect(log).toContain('"shared":true');
    expect(gateway.emulator.requests).toHaveLength(1);
  } finally {
    await gateway.stop();
  }
});
