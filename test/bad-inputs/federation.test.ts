import { type Gateway, startGateway } from '../harness/gateway.ts';
import { codesOf } from '../harness/graphql-client.ts';

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

/** The list shows whether any part of the operation ran. */
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
      // Only the limits under test apply.
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
  const response = await gateway.query(query, variables);
  expect([response.status, response.errors.length, response.data]).toEqual([400, 1, undefined]);
  expect(response.errors[0]?.extensions).toEqual(refusal);
  expect(response.text).not.toMatch(/node_modules|\/src\//);
  expect(gateway.emulator.requests).toEqual([]);
}

describe('representations', () => {
  it.each<[string, unknown, Refusal]>([
    ['FED-04 a list of 101', times(101, reference({ invocationArn: OWN })), TOO_MANY],
    ['FED-07 an unknown __typename', [{ __typename: 'Invoice', id: '7' }], INVALID],
    ['a type that is no entity', [{ __typename: 'PageInfo' }], INVALID],
    ['a __typename that is a method name', [{ __typename: 'toString' }], INVALID],
    ['FED-08 a missing __typename', [{ invocationArn: OWN }], INVALID],
    ['a __typename in a list', [{ __typename: ['AsyncInvokeSummary'] }], INVALID],
    ['FED-10 a representation of null', [null], BAD],
    ['null as the list', null, BAD],
    ['a text', ['AsyncInvokeSummary'], INVALID],
    ['a list in the list', [[reference({ invocationArn: OWN })]], INVALID],
    ['an invalid one beside a valid one', [reference({ invocationArn: OWN }), {}], INVALID],
  ])('%s is refused before any part of the operation runs', (_id, representations, refusal) =>
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
  ])('invalid representations are found %s', (_where, query) => expectRefusal(query, {}, INVALID));

  it('representations are counted over all _entities fields of an operation', () =>
    expectRefusal(
      `query ($r: [_Any!]!) {
        a: _entities(representations: $r) { __typename }
        ... { b: _entities(representations: $r) { __typename } }
      }`,
      { r: times(51, reference({ invocationArn: OWN })) },
      TOO_MANY,
    ));

  it('representations are refused quickly for 900 aliases of a list of 60,000', async () => {
    const aliases = Array.from(
      { length: 900 },
      (_, n) => `a${n}:_entities(representations:$r){__typename}`,
    );
    const query = `query ($r: [_Any!]!) { ${aliases.join(' ')} }`;
    const cpu = process.cpuUsage();
    await expectRefusal(query, { r: times(60_000, 1) }, TOO_MANY);
    // The same list without aliases is the reference.
    const many = process.cpuUsage(cpu);
    const again = process.cpuUsage();
    await expectRefusal(ENTITIES, { representations: times(60_000, 1) }, TOO_MANY);
    const one = process.cpuUsage(again);
    expect(many.user / one.user).toBeLessThan(20);
  });

  it('representations that are 20,000 nulls get at most 6 errors, all BAD_USER_INPUT', async () => {
    const response = await gateway.query(ENTITIES, { representations: times(20_000, null) });
    expect(response.status).toBe(400);
    expect(new Set(codesOf(response))).toEqual(new Set(['BAD_USER_INPUT']));
    expect(response.errors.length).toBeLessThanOrEqual(6);
    expect(gateway.logLines.join('')).not.toContain('internal error');
  });

  it.each([
    ['a condition', 'query ($v: Boolean = true) { __typename @skip(if: $v) }'],
    [
      'representations',
      'query ($v: [_Any!] = []) { _entities(representations: $v) { __typename } }',
    ],
  ])('representations of null from a variable, such as %s, are BAD_USER_INPUT', (_what, query) =>
    expectRefusal(query, { v: null }, BAD),
  );

  it('representations are not counted if the field is skipped', async () => {
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

describe('representations with an invalid key', () => {
  it.each<[string, object, string]>([
    ['FED-11 a malformed ARN', { invocationArn: 'arn:aws:bedrock' }, 'INVALID_ARN'],
    ['an ARN of another service', { invocationArn: 'arn:aws:s3:::bucket' }, 'INVALID_ARN'],
    ['FED-12 a number as ARN', { invocationArn: 7 }, 'INVALID_ARN'],
    ['null as ARN', { invocationArn: null }, 'INVALID_ARN'],
    ['a malformed id', { id: 'x' }, 'INVALID_ID'],
    ['a number as id', { id: 7 }, 'INVALID_ID'],
    ['no key at all', {}, 'INVALID_REPRESENTATION'],
  ])(
    'FED-14 %s is an error at its own path, and the others have data',
    async (_id, keys, reason) => {
      const representations = [reference(keys), reference({ invocationArn: OWN })];
      const { status, data, errors } = await gateway.query(ENTITIES, { representations });
      expect([status, data]).toEqual([200, { _entities: [null, { invocationArn: OWN }] }]);
      expect(errors).toMatchObject([
        { path: ['_entities', 0], extensions: { code: 'BAD_USER_INPUT', reason } },
      ]);
      expect(gateway.emulator.requests).toHaveLength(1);
    },
  );

  it('FED-11 FED-12 a representation with an invalid key costs no upstream call', async () => {
    const representations = [reference({ invocationArn: 'x' }), reference({ invocationArn: 7 })];
    const { status, errors } = await gateway.query(ENTITIES, { representations });
    expect([status, errors.length]).toEqual([200, 2]);
    expect(gateway.emulator.requests).toEqual([]);
  });
});

describe('representations of unknown invocations', () => {
  it.each([
    ['another account', { invocationArn: OWN.replace('111122223333', '999988887777') }],
    ['another Region', { invocationArn: OWN.replace('us-east-1', 'eu-west-1') }],
    ['another type, by its id', { id: globalId('Invoice:7') }],
  ])('a representation of %s is null without an upstream call', async (_what, keys) => {
    const { data, errors } = await gateway.query(ENTITIES, { representations: [reference(keys)] });
    expect([data, errors]).toEqual([{ _entities: [null] }, []]);
    expect(gateway.emulator.requests).toEqual([]);
  });

  it('a representation of an unknown invocation in this account is null', async () => {
    const representations = [reference({ invocationArn: OWN.replace('abc', 'xyz') })];
    const { data, errors } = await gateway.query(ENTITIES, { representations });
    expect([data, errors]).toEqual([{ _entities: [null] }, []]);
    expect(gateway.emulator.requests).toHaveLength(1);
  });
});

it('FED-06 50 representations of one invocation cost one upstream call', async () => {
  const representations = times(50, reference({ invocationArn: OWN }));
  const { data } = await gateway.query(ENTITIES, { representations });
  expect(data).toEqual({ _entities: times(50, { invocationArn: OWN }) });
  expect(gateway.emulator.requests).toHaveLength(1);
});

it('FED-15 a request for traces gets none', async () => {
  const headers = { 'apollo-federation-include-trace': 'ftv1' };
  const { text } = await gateway.query('{ _service { sdl } }', {}, headers);
  expect(text).toMatch(/^\{"data":/);
  expect(text).not.toContain('ftv1');
});
