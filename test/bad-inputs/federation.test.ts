import { type Gateway, startGateway } from '../harness/gateway.ts';

const OWN = 'arn:aws:bedrock:us-east-1:111122223333:async-invoke/abcdefghijkl';

const ENTITIES = /* GraphQL */ `
  query ($representations: [_Any!]!) {
    _entities(representations: $representations) {
      ... on AsyncInvokeSummary {
        invocationArn
      }
    }
  }
`;

/** A list beside the entities shows whether anything ran. */
const BESIDE_A_LIST = /* GraphQL */ `
  query ($representations: [_Any!]!) {
    asyncInvokes {
      nodes {
        id
      }
    }
    _entities(representations: $representations) {
      __typename
    }
  }
`;

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway({
    variables: {
      GRAPH_ROLE: 'subgraph',
      // Wide open, so that what is tested here is not refused for something else.
      MAX_ALIASES: '10000',
      MAX_ROOT_FIELDS: '1000',
      MAX_DOCUMENT_TOKENS: '100000',
      MAX_COST: '1000000',
      RATE_LIMIT: 'off',
    },
  });
  gateway.emulator.addJob({ invocationArn: OWN });
});
afterEach(() => {
  gateway.emulator.clearRequests();
});
afterAll(async () => {
  await gateway.stop();
});

interface Refusal {
  readonly code: string;
  readonly reason?: string;
  readonly limit?: string;
  readonly max?: number;
}

const reference = (keys: object) => ({ __typename: 'AsyncInvokeSummary', ...keys });
const times = (count: number, value: unknown) => Array.from({ length: count }, () => value);
const globalId = (text: string) => Buffer.from(text).toString('base64url');

const BAD: Refusal = { code: 'BAD_USER_INPUT' };
const INVALID: Refusal = { ...BAD, reason: 'INVALID_REPRESENTATION' };
const TOO_MANY: Refusal = {
  ...BAD,
  reason: 'TOO_MANY_REPRESENTATIONS',
  limit: 'MAX_IDS_PER_OPERATION',
  max: 100,
};

async function expectRefusal(
  query: string,
  variables: Record<string, unknown>,
  refusal: Refusal,
): Promise<void> {
  const answer = await gateway.query(query, variables);
  expect([answer.status, answer.errors.length, answer.data]).toEqual([400, 1, undefined]);
  expect(answer.errors[0]?.extensions).toEqual(refusal);
  expect(answer.text).not.toMatch(/node_modules|\/src\//);
  expect(gateway.emulator.requests).toEqual([]);
}

describe('representations that no router sends', () => {
  it.each<[string, unknown, Refusal]>([
    ['FED-04 101 of them', times(101, reference({ invocationArn: OWN })), TOO_MANY],
    ['FED-07 one with an unknown __typename', [{ __typename: 'Invoice', id: '7' }], INVALID],
    ['one of a type that is no entity', [{ __typename: 'PageInfo' }], INVALID],
    ['one with the name of a method', [{ __typename: 'toString' }], INVALID],
    ['FED-08 one without __typename', [{ invocationArn: OWN }], INVALID],
    ['one with a __typename in a list', [{ __typename: ['AsyncInvokeSummary'] }], INVALID],
    ['FED-10 null', [null], BAD],
    ['null for all of them', null, BAD],
    ['one that is text', ['AsyncInvokeSummary'], INVALID],
    ['one that is a list', [[reference({ invocationArn: OWN })]], INVALID],
    ['one that is bad beside a good one', [reference({ invocationArn: OWN }), {}], INVALID],
  ])('%s: nothing of the operation runs', (_id, representations, refusal) =>
    expectRefusal(BESIDE_A_LIST, { representations }, refusal),
  );

  it.each([
    ['as literals', 'query { _entities(representations: [{ __typename: "X" }]) { __typename } }'],
    [
      'in a fragment of a fragment',
      `query { ...A } fragment A on Query { ... on Query { ...B } }
       fragment B on Query { _entities(representations: [{ __typename: "X" }]) { __typename } }`,
    ],
    [
      'in a default value',
      `query ($r: [_Any!]! = [{ __typename: "X" }]) { _entities(representations: $r) { __typename } }`,
    ],
  ])('are found %s', (_where, query) => expectRefusal(query, {}, INVALID));

  it('are counted over all _entities of an operation together', () =>
    expectRefusal(
      `query ($r: [_Any!]!) {
        a: _entities(representations: $r) { __typename }
        ... { b: _entities(representations: $r) { __typename } }
      }`,
      { r: times(51, reference({ invocationArn: OWN })) },
      TOO_MANY,
    ));

  it('are refused in no time, however many aliases name however long a list', async () => {
    const aliases = Array.from(
      { length: 900 },
      (_, n) => `a${n}:_entities(representations:$r){__typename}`,
    );
    const query = `query ($r: [_Any!]!) { ${aliases.join(' ')} }`;
    const cpu = process.cpuUsage();
    await expectRefusal(query, { r: times(60_000, 1) }, TOO_MANY);
    // As long a list without aliases is the measure: reading it is all that it may cost.
    const many = process.cpuUsage(cpu);
    const again = process.cpuUsage();
    await expectRefusal(ENTITIES, { representations: times(60_000, 1) }, TOO_MANY);
    const one = process.cpuUsage(again);
    expect(many.user / one.user).toBeLessThan(20);
  });

  it('that are null by the thousand are answered with few errors, all of them the caller’s', async () => {
    const answer = await gateway.query(ENTITIES, { representations: times(20_000, null) });
    expect(answer.status).toBe(400);
    expect(new Set(answer.errors.map(({ extensions }) => extensions.code))).toEqual(
      new Set(['BAD_USER_INPUT']),
    );
    expect(answer.errors.length).toBeLessThanOrEqual(6);
    expect(gateway.logLines.join('')).not.toContain('internal error');
  });

  it.each([
    ['a condition', 'query ($v: Boolean = true) { __typename @skip(if: $v) }'],
    [
      'representations',
      'query ($v: [_Any!] = []) { _entities(representations: $v) { __typename } }',
    ],
  ])('that a variable sets to null, like %s, are refused as input', (_what, query) =>
    expectRefusal(query, { v: null }, BAD),
  );

  it('are not counted where they are skipped', async () => {
    const { data, errors } = await gateway.query(
      `query ($r: [_Any!]!) {
        _entities(representations: $r) @skip(if: true) { __typename }
        __typename
      }`,
      { r: times(101, reference({ invocationArn: OWN })) },
    );
    expect([data, errors]).toEqual([{ __typename: 'Query' }, []]);
  });
});

describe('a representation with a key that is not one', () => {
  it.each<[string, object, string]>([
    ['FED-11 a malformed ARN', { invocationArn: 'arn:aws:bedrock' }, 'INVALID_ARN'],
    ['an ARN of something else', { invocationArn: 'arn:aws:s3:::bucket' }, 'INVALID_ARN'],
    ['FED-12 a number for an ARN', { invocationArn: 7 }, 'INVALID_ARN'],
    ['null for an ARN', { invocationArn: null }, 'INVALID_ARN'],
    ['a malformed id', { id: 'x' }, 'INVALID_ID'],
    ['a number for an id', { id: 7 }, 'INVALID_ID'],
    ['no key at all', {}, 'INVALID_REPRESENTATION'],
  ])('FED-14 %s is an error of its own, and the others are answered', async (_id, keys, reason) => {
    const representations = [reference(keys), reference({ invocationArn: OWN })];
    const { status, data, errors } = await gateway.query(ENTITIES, { representations });
    expect([status, data]).toEqual([200, { _entities: [null, { invocationArn: OWN }] }]);
    expect(errors).toMatchObject([
      { path: ['_entities', 0], extensions: { code: 'BAD_USER_INPUT', reason } },
    ]);
    expect(gateway.emulator.requests).toHaveLength(1);
  });

  it('FED-11 FED-12 alone costs no call', async () => {
    const representations = [reference({ invocationArn: 'x' }), reference({ invocationArn: 7 })];
    const { status, errors } = await gateway.query(ENTITIES, { representations });
    expect([status, errors.length]).toEqual([200, 2]);
    expect(gateway.emulator.requests).toEqual([]);
  });
});

describe('a representation of nothing', () => {
  it.each([
    ['another account', { invocationArn: OWN.replace('111122223333', '999988887777') }],
    ['another Region', { invocationArn: OWN.replace('us-east-1', 'eu-west-1') }],
    ['another type, by its id', { id: globalId('Invoice:7') }],
  ])('of %s is null without a call', async (_what, keys) => {
    const { data, errors } = await gateway.query(ENTITIES, { representations: [reference(keys)] });
    expect([data, errors]).toEqual([{ _entities: [null] }, []]);
    expect(gateway.emulator.requests).toEqual([]);
  });

  it('in this account is null', async () => {
    const representations = [reference({ invocationArn: OWN.replace('abc', 'xyz') })];
    const { data, errors } = await gateway.query(ENTITIES, { representations });
    expect([data, errors]).toEqual([{ _entities: [null] }, []]);
    expect(gateway.emulator.requests).toHaveLength(1);
  });
});

it('FED-06 50 representations of one invocation cost one call', async () => {
  const representations = times(50, reference({ invocationArn: OWN }));
  const { data } = await gateway.query(ENTITIES, { representations });
  expect(data).toEqual({ _entities: times(50, { invocationArn: OWN }) });
  expect(gateway.emulator.requests).toHaveLength(1);
});

it('FED-15 a caller who asks for traces gets none', async () => {
  const { text } = await gateway.fetch({
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'apollo-federation-include-trace': 'ftv1',
    },
    body: JSON.stringify({ query: '{ _service { sdl } }' }),
  });
  expect(text).toMatch(/^\{"data":/);
  expect(text).not.toContain('ftv1');
});
