import { type Gateway, startGateway } from '../harness/gateway.ts';
import { GET, LIST, type PageJson } from '../harness/queries.ts';

const OWN = 'arn:aws:bedrock:us-east-1:111122223333:async-invoke/abcdefghijkl';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway({ emulator: { jobs: 30 } });
});
afterEach(() => {
  gateway.emulator.clearRequests();
});
afterAll(async () => {
  await gateway.stop();
});

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly reason?: string;
}

async function expectRefusal(
  query: string,
  variables: Record<string, unknown>,
  { status, code, reason }: Refusal,
): Promise<void> {
  const response = await gateway.query(query, variables);
  const [error] = response.errors;
  expect([response.status, response.errors.length]).toEqual([status, 1]);
  expect(error?.extensions.code).toBe(code);
  if (reason !== undefined) expect(error?.extensions.reason).toBe(reason);
  expect(response.text).not.toMatch(/node_modules|\/src\//);
  expect(gateway.emulator.requests).toEqual([]);
  for (const line of gateway.logLines) expect(line.trimEnd()).not.toContain('\n');
}

/** The scalar refuses any other text. The resolver refuses ARNs of other resources. */
const BY_SCALAR = { status: 400, code: 'BAD_USER_INPUT' };
const BY_RESOLVER = { status: 200, code: 'BAD_USER_INPUT', reason: 'INVALID_ARN' };

describe('invocation ARNs', () => {
  it.each<[string, unknown, Refusal]>([
    ['ARN-01 an ARN that is empty', '', BY_SCALAR],
    ['ARN-03 an ARN with a query', 'x?y=1#z', BY_SCALAR],
    ['ARN-04 an ARN that is encoded twice', 'a%2f..%2fb', BY_SCALAR],
    [
      'ARN-05 an ARN with a line break in the partition',
      OWN.replace('aws', 'aws-\r\nx'),
      BY_SCALAR,
    ],
    ['ARN-07 an ARN with a trailing line break', `${OWN}\n`, BY_SCALAR],
    ['ARN-08 an ARN inside other text', `x ${OWN} y`, BY_SCALAR],
    ['ARN-09 an ARN in capitals', OWN.toUpperCase(), BY_SCALAR],
    ['ARN-11 an ARN with a NUL', `${OWN.slice(0, -1)}\0`, BY_SCALAR],
    ['ARN-12 an ARN with a lone surrogate', `${OWN.slice(0, -1)}\ud800`, BY_SCALAR],
    ['ARN-13 an ARN with an id of 11 characters', OWN.slice(0, -1), BY_RESOLVER],
    ['ARN-15 an ARN with a host name as Region', OWN.replace('us-east-1', 'evil.com'), BY_SCALAR],
    ['ARN-16 an ARN of 200 KB', 'arn:aws-'.repeat(25_000), BY_SCALAR],
    ['an ARN with an unknown partition', OWN.replace('aws', 'aws-x'), BY_RESOLVER],
    ['an ARN with a path', OWN.replace('/a', '/../a'), BY_RESOLVER],
    ['an ARN of a bucket', 'arn:aws:s3:::bucket/key', BY_RESOLVER],
    ['ARN-20 an ARN that is missing', undefined, BY_SCALAR],
    ['ARN-21 an ARN that is null', null, BY_SCALAR],
    ['an ARN that is a number', 7, BY_SCALAR],
  ])('%s is refused', (_id, arn, refusal) => expectRefusal(GET, { arn }, refusal));

  it('an invalid literal ARN is refused by validation', () =>
    expectRefusal(
      '{ asyncInvoke(invocationArn: "x") { id } }',
      {},
      {
        status: 400,
        code: 'GRAPHQL_VALIDATION_FAILED',
      },
    ));

  it.each([
    ['ARN-17 an ARN of another account', OWN.replace('111122223333', '999988887777')],
    ['an ARN of another Region', OWN.replace('us-east-1', 'eu-west-1')],
  ])('%s is null without an upstream call, like an unknown invocation', async (_id, arn) => {
    const foreign = await gateway.query(GET, { arn });
    expect(gateway.emulator.requests).toEqual([]);
    const unknown = await gateway.query(GET, { arn: OWN });
    expect(gateway.emulator.requests).toHaveLength(1);
    expect(foreign.text).toBe(unknown.text);
    expect(foreign.data).toEqual({ asyncInvoke: null });
  });
});

const BAD_PAGE_SIZE = { status: 200, code: 'BAD_USER_INPUT', reason: 'INVALID_PAGE_SIZE' };
const BAD_CURSOR = { status: 200, code: 'BAD_USER_INPUT', reason: 'INVALID_CURSOR' };
const BAD_FILTER = { status: 200, code: 'BAD_USER_INPUT', reason: 'INVALID_FILTER' };
const BAD_LITERAL = { status: 400, code: 'GRAPHQL_VALIDATION_FAILED' };

describe('page sizes', () => {
  it.each<[string, Record<string, unknown>, Refusal]>([
    ['PAGE-01 a page size of 0', { first: 0 }, BAD_PAGE_SIZE],
    ['a page size below 0', { first: -1 }, BAD_PAGE_SIZE],
    ['PAGE-03 a page size of 1001', { first: 1001 }, BAD_PAGE_SIZE],
    ['PAGE-05 a page size of 2147483647', { first: 2_147_483_647 }, BAD_PAGE_SIZE],
    ['PAGE-21 a page size over 32 bits in a variable', { first: 2_147_483_648 }, BY_SCALAR],
    ['a page size of 0 for last', { last: 0 }, BAD_PAGE_SIZE],
    ['a page size of 1001 for last', { last: 1001 }, BAD_PAGE_SIZE],
    [
      'a page size for both first and last',
      { first: 1, last: 1 },
      { ...BAD_PAGE_SIZE, reason: 'FIRST_AND_LAST' },
    ],
  ])('%s is refused', (_id, variables, refusal) => expectRefusal(LIST, variables, refusal));

  it.each([
    ['PAGE-06 a page size over 32 bits', 'first: 2147483648'],
    ['PAGE-08 a page size in quotes', 'first: "5"'],
  ])('%s is refused by validation', (_id, args) =>
    expectRefusal(`{ asyncInvokes(${args}) { nodes { id } } }`, {}, BAD_LITERAL),
  );

  it('PAGE-09 a page size of null is the default of 50', async () => {
    const { data } = await gateway.query('{ asyncInvokes(first: null) { nodes { id } } }');
    expect((data?.asyncInvokes as PageJson).nodes).toHaveLength(30);
    expect(gateway.emulator.requests).toMatchObject([{ query: { maxResults: '51' } }]);
  });
});

describe('filters', () => {
  it('PAGE-13 a filter by UNKNOWN is refused', () =>
    expectRefusal(LIST, { filter: { statusEquals: 'UNKNOWN' } }, BAD_FILTER));

  it.each([
    ['PAGE-17 a filter that ends before it begins', '2026-01-02T00:00:00Z', '2026-01-01T00:00:00Z'],
    [
      'PAGE-17 a filter that ends when it begins',
      '2026-01-01T00:00:00Z',
      '2026-01-01T01:00:00+01:00',
    ],
  ])('%s is refused', (_id, submitTimeAfter, submitTimeBefore) =>
    expectRefusal(LIST, { filter: { submitTimeAfter, submitTimeBefore } }, BAD_FILTER),
  );

  it.each([
    ['PAGE-12 a filter by an unknown status', 'statusEquals: Nope'],
    ['PAGE-14 a filter by an invalid time', 'submitTimeAfter: "not-a-date"'],
    ['PAGE-16 a filter by a time without an offset', 'submitTimeAfter: "2026-01-01T00:00:00"'],
  ])('%s is refused', (_id, condition) =>
    expectRefusal(`{ asyncInvokes(filter: { ${condition} }) { nodes { id } } }`, {}, BAD_LITERAL),
  );

  it.each(['0000-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z'])(
    'a filter by a time at the limit of the calendar, %s, is accepted',
    async (time) => {
      const before = await gateway.query(LIST, { filter: { submitTimeBefore: time } });
      const after = await gateway.query(LIST, { filter: { submitTimeAfter: time } });
      expect([before.errors, after.errors]).toEqual([[], []]);
    },
  );
});

describe('cursors', () => {
  let cursor = '';
  beforeAll(async () => {
    const { data } = await gateway.query(LIST, { first: 3 });
    cursor = (data?.asyncInvokes as PageJson).edges[1]?.cursor ?? '';
    gateway.emulator.clearRequests();
  });

  const flip = (text: string, index: number) => {
    const at = index < 0 ? text.length + index : index;
    return `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
  };

  it.each<[string, () => string]>([
    ['PAGE-10 a cursor that is empty', () => ''],
    ['PAGE-23 a cursor with its first byte changed', () => flip(cursor, 0)],
    ['PAGE-24 a cursor with its last character changed', () => flip(cursor, -1)],
    ['PAGE-25 a cursor with padding', () => `${cursor}=`],
    ['PAGE-27 a cursor that is an AWS page token', () => 'AAECAwQFBgcICQoLDA0ODw'.repeat(8)],
    ['PAGE-32 a cursor of 5 KB', () => cursor.repeat(40).slice(0, 5000)],
    ['a cursor that is truncated', () => cursor.slice(0, -4)],
    ['a cursor with a character outside base64url', () => `${cursor.slice(0, -1)}+`],
  ])('%s is refused, forward and backward', async (_id, make) => {
    await expectRefusal(LIST, { after: make() }, BAD_CURSOR);
    await expectRefusal(LIST, { last: 5, before: make() }, BAD_CURSOR);
  });

  it.each([
    ['PAGE-29 a cursor under another status', { filter: { statusEquals: 'FAILED' } }],
    ['a cursor under another time window', { filter: { submitTimeAfter: '2026-01-01T00:00:00Z' } }],
    ['a cursor in another order', { orderBy: { direction: 'ASC' } }],
  ])('%s is refused', (_id, variables) =>
    expectRefusal(LIST, { after: cursor, ...variables }, BAD_CURSOR),
  );

  it('a cursor is accepted if the query spells out the default filter and order', async () => {
    const variables = {
      after: cursor,
      filter: { statusEquals: null },
      orderBy: { field: 'SUBMISSION_TIME', direction: 'DESC' },
    };
    expect((await gateway.query(LIST, variables)).errors).toEqual([]);
  });
});

describe('ids', () => {
  const node = 'query ($id: ID!) { node(id: $id) { __typename id } }';
  const encode = (text: string) => Buffer.from(text).toString('base64url');

  it.each([
    ['an id that is no base64url', 'x'],
    ['an id with padding', `${encode(`AsyncInvokeSummary:${OWN}`)}=`],
    ['an id of this type without an ARN', encode('AsyncInvokeSummary:7')],
  ])('%s is refused', (_id, id) =>
    expectRefusal(node, { id }, { status: 200, code: 'BAD_USER_INPUT', reason: 'INVALID_ID' }),
  );

  it('an id of another type is null', async () => {
    const { data, errors } = await gateway.query(node, { id: encode('Invoice:7') });
    expect([data, errors]).toEqual([{ node: null }, []]);
    expect(gateway.emulator.requests).toEqual([]);
  });

  it('an id of an invocation that does not exist is null', async () => {
    const { data, errors } = await gateway.query(node, { id: encode(`AsyncInvokeSummary:${OWN}`) });
    expect([data, errors]).toEqual([{ node: null }, []]);
  });

  it('a list of more than 100 ids is refused', () =>
    expectRefusal(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
      { ids: Array.from({ length: 101 }, () => 'x') },
      { status: 400, code: 'BAD_USER_INPUT', reason: 'TOO_MANY_IDS' },
    ));

  it('a list of ids is counted over the whole operation', () =>
    expectRefusal(
      'query ($ids: [ID!]!) { a: nodes(ids: $ids) { id } b: nodes(ids: $ids) { id } }',
      { ids: Array.from({ length: 51 }, () => 'x') },
      { status: 400, code: 'BAD_USER_INPUT', reason: 'TOO_MANY_IDS' },
    ));

  it('a list of ids keeps its order, and an invalid id affects only its own entry', async () => {
    const page = await gateway.query('{ asyncInvokes(first: 2) { nodes { id } } }');
    const [a, b] = (page.data?.asyncInvokes as { nodes: { id: string }[] }).nodes;
    const { data, errors } = await gateway.query(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
      { ids: [b?.id, 'x', a?.id] },
    );
    expect(data).toEqual({ nodes: [b, null, a] });
    expect(errors).toMatchObject([{ path: ['nodes', 1], extensions: { reason: 'INVALID_ID' } }]);
  });
});
