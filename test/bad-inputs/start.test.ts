import { type Gateway, startGateway } from '../harness/gateway.ts';
import { codesOf, type GraphqlResponse } from '../harness/graphql-client.ts';
import { arnOf, outputTo, start, startInput, startWith } from '../harness/start.ts';

let gateway: Gateway;
beforeAll(async () => {
  const variables = { ENABLE_START: 'true', START_ALLOWED_MODELS: '*', START_ALLOWED_OUTPUTS: '*' };
  gateway = await startGateway({ variables });
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
  readonly field?: readonly (string | number)[];
}

function expectRefusal(response: GraphqlResponse, { status, code, reason, field }: Refusal): void {
  const [error] = response.errors;
  expect([response.status, error?.extensions.code]).toEqual([status, code]);
  expect(response.errors.length).toBeLessThanOrEqual(6);
  expect(codesOf(response).every((each) => each === code)).toBe(true);
  if (reason !== undefined) expect(error?.extensions.reason).toBe(reason);
  if (field) expect(error?.extensions.field).toEqual(['input', ...field]);
  expect(JSON.stringify(response.errors)).not.toMatch(/node_modules|\/src\/|at file:/);
  expect(gateway.emulator.requests).toEqual([]);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  for (const line of gateway.logLines) expect(line.trimEnd()).not.toContain('\n');
}

/** Coercion refuses values of the wrong type. The resolver, or a check before it, the others. */
const BY_TYPE = { status: 400, code: 'BAD_USER_INPUT' };
const BY_RESOLVER = { status: 200, code: 'BAD_USER_INPUT' };
const MODEL_INPUT = { ...BY_TYPE, reason: 'INVALID_MODEL_INPUT', field: ['modelInput'] };
const MODEL_ID = { ...BY_RESOLVER, reason: 'INVALID_MODEL_ID', field: ['modelId'] };
const TOKEN = {
  ...BY_RESOLVER,
  reason: 'INVALID_CLIENT_REQUEST_TOKEN',
  field: ['clientRequestToken'],
};
const output = (name: string): Refusal => ({
  ...BY_RESOLVER,
  reason: 'INVALID_OUTPUT',
  field: ['outputDataConfig', 's3OutputDataConfig', name],
});
const tag = (index?: number): Refusal => ({
  ...BY_RESOLVER,
  reason: 'INVALID_TAGS',
  field: ['tags', ...(index === undefined ? [] : [index])],
});

const model = (modelId: string) => ({ modelId });
const token = (clientRequestToken: unknown) => ({ clientRequestToken });
const tags = (...all: unknown[]) => ({ tags: all });
const INJECTION = 'x\n{"lvl":"fatal"}';
const KMS = 'arn:aws:kms:us-east-1:111122223333:key/0c5c8b8e-6d3b-4f0e-9d53-0a9d1cf0a111';

describe('an invalid input', () => {
  it.each<[string, Record<string, unknown>, Refusal]>([
    ['START-01 a modelInput that is a string', { modelInput: 'str' }, MODEL_INPUT],
    ['START-02 a modelInput that is a list', { modelInput: [1] }, MODEL_INPUT],
    ['a modelInput that is a number', { modelInput: 7 }, MODEL_INPUT],
    ['START-03 a modelInput of null', { modelInput: null }, BY_TYPE],
    ['a missing modelInput', { modelInput: undefined }, BY_TYPE],
    ['START-05 an empty modelId', model(''), MODEL_ID],
    ['START-06 a modelId that is a path', model('../x'), MODEL_ID],
    ['a modelId with a path appended', model('luma.ray-v2:0/../x'), MODEL_ID],
    [
      'START-07 a provisioned model of another account',
      model('arn:aws:bedrock:us-east-1:999988887777:provisioned-model/0123456789ab'),
      MODEL_ID,
    ],
    [
      'a model of another Region',
      model('arn:aws:bedrock:eu-west-1::foundation-model/a.b'),
      MODEL_ID,
    ],
    [
      'a model of another partition',
      model('arn:aws-cn:bedrock:us-east-1::foundation-model/a.b'),
      MODEL_ID,
    ],
    ['an ARN of another service', model('arn:aws:s3:us-east-1::foundation-model/a.b'), MODEL_ID],
    ['a modelId of 257 characters', model(`a.${'b'.repeat(255)}`), MODEL_ID],
    ['START-09 an s3Uri of another scheme', outputTo({ s3Uri: 'https://evil' }), BY_TYPE],
    [
      'START-11 an s3Uri with a line break',
      outputTo({ s3Uri: 's3://bucket/\r\nx' }),
      output('s3Uri'),
    ],
    [
      'START-12 an s3Uri with capitals in the bucket',
      outputTo({ s3Uri: 's3://Bucket_Upper/x' }),
      BY_TYPE,
    ],
    [
      'an s3Uri of 1025 characters',
      outputTo({ s3Uri: `s3://bucket/${'k'.repeat(1013)}` }),
      BY_TYPE,
    ],
    ['an s3Uri that leaves its folder', outputTo({ s3Uri: 's3://bucket/a/../b' }), output('s3Uri')],
    ['an s3Uri that ends with `..`', outputTo({ s3Uri: 's3://bucket/a/..' }), output('s3Uri')],
    ['an s3Uri with a NUL', outputTo({ s3Uri: 's3://bucket/\0' }), output('s3Uri')],
    ['an s3Uri with a lone surrogate', outputTo({ s3Uri: 's3://bucket/\ud800' }), output('s3Uri')],
    ['a kmsKeyId that is no ARN', outputTo({ kmsKeyId: 'alias/renders' }), output('kmsKeyId')],
    [
      'a kmsKeyId with a line break in the partition',
      outputTo({ kmsKeyId: KMS.replace('aws', 'aws-\r\n') }),
      output('kmsKeyId'),
    ],
    [
      'a kmsKeyId with a trailing line break',
      outputTo({ kmsKeyId: `${KMS}\n` }),
      output('kmsKeyId'),
    ],
    ['a bucketOwner that is no account', outputTo({ bucketOwner: 'me' }), output('bucketOwner')],
    ['an empty output', { outputDataConfig: {} }, BY_TYPE],
    ['an unknown kind of output', { outputDataConfig: { fileConfig: {} } }, BY_TYPE],
    ['START-14 a clientRequestToken of 300 characters', token('x'.repeat(300)), TOKEN],
    ['START-15 a clientRequestToken with a space', token('a b'), TOKEN],
    ['START-15 a clientRequestToken with an emoji', token('🎬'), TOKEN],
    ['an empty clientRequestToken', token(''), TOKEN],
    ['a clientRequestToken with a trailing line break', token('a\n'), TOKEN],
    ['START-16 a missing clientRequestToken', token(undefined), BY_TYPE],
    ['a clientRequestToken of null', token(null), BY_TYPE],
    ['START-18 a reserved tag key', tags({ key: 'aws:x', value: '' }), tag(0)],
    ['a reserved tag key in capitals', tags({ key: 'AWS:x', value: '' }), tag(0)],
    [
      'START-19 a tag value with a line break',
      tags({ key: 'a', value: '' }, { key: 'b', value: 'a\nb' }),
      tag(1),
    ],
    ['an empty tag key', tags({ key: '', value: '' }), tag(0)],
    ['a tag key of 129 characters', tags({ key: 'k'.repeat(129), value: '' }), tag(0)],
    ['a tag value of 257 characters', tags({ key: 'k', value: 'v'.repeat(257) }), tag(0)],
    ['a duplicate tag key', tags({ key: 'k', value: '1' }, { key: 'k', value: '2' }), tag()],
    [
      'a list of 201 tags',
      tags(...Array.from({ length: 201 }, (_, n) => ({ key: `k${n}`, value: '' }))),
      tag(),
    ],
    ['START-20 an unknown field', { kmsKeyId: KMS }, BY_TYPE],
    [
      'START-28 a list of 500 unknown fields',
      Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`f${n}`, n])),
      BY_TYPE,
    ],
    ['START-29 a log injection in modelId', model(INJECTION), MODEL_ID],
    ['START-29 a log injection in clientRequestToken', token(INJECTION), TOKEN],
    [
      'START-29 a log injection in s3Uri',
      outputTo({ s3Uri: `s3://bucket/${INJECTION}` }),
      output('s3Uri'),
    ],
    ['START-29 a log injection in kmsKeyId', outputTo({ kmsKeyId: INJECTION }), output('kmsKeyId')],
    [
      'START-29 a log injection in bucketOwner',
      outputTo({ bucketOwner: INJECTION }),
      output('bucketOwner'),
    ],
    ['START-29 a log injection in tags', tags({ key: INJECTION, value: INJECTION }), tag(0)],
  ])('%s is refused', async (_id, changes, refusal) => {
    expectRefusal(await start(gateway, changes), refusal);
  });
});

/** Returns an input with this JSON text as its `modelInput`. */
function withModelInput(json: string): string {
  return JSON.stringify(startInput({ modelInput: 0 })).replace(
    '"modelInput":0',
    `"modelInput":${json}`,
  );
}

const nested = (levels: number) => '{"a":'.repeat(levels - 1) + '{}' + '}'.repeat(levels - 1);
/** Returns an object of this size. */
const sized = (bytes: number) => `{"a":"${'x'.repeat(bytes - 8)}"}`;

describe('model inputs', () => {
  it.each([
    [
      'START-23 a modelInput with constructor.prototype',
      '{"constructor":{"prototype":{"polluted":1}}}',
    ],
    [
      'START-23 a modelInput with a nested constructor.prototype',
      '{"a":[{"constructor":{"prototype":null}}]}',
    ],
    ['a modelInput of 33 levels', nested(33)],
    ['a modelInput of 33 levels of lists', `{"a":${'['.repeat(32)}${']'.repeat(32)}}`],
    ['START-25 a modelInput of 20,000 levels', nested(20_000)],
    ['a modelInput of 204,801 bytes', sized(204_801)],
    [
      'a modelInput of more than 204,800 bytes in fewer characters',
      `{"a":"${'é'.repeat(102_397)}"}`,
    ],
    ['START-27 a modelInput with a number that is not finite', '{"a":1e400}'],
  ])('%s is refused', async (_id, json) => {
    expectRefusal(await startWith(gateway, withModelInput(json)), BY_TYPE);
  });

  it('a modelInput with __proto__ is refused by the JSON parser', async () => {
    const response = await startWith(gateway, withModelInput('{"__proto__":{"polluted":1}}'));
    expectRefusal(response, { status: 400, code: 'BAD_REQUEST' });
  });

  it.each([
    ['START-24 a modelInput with __proto__', '{ __proto__: { polluted: 1 } }'],
    ['a modelInput with constructor.prototype', '{ constructor: { prototype: 1 } }'],
    ['a modelInput of 33 levels', `${'{ a: '.repeat(32)}{}${'}'.repeat(32)}`],
    ['a modelInput with a number that is not finite', '{ a: 1e400 }'],
  ])('%s as a literal is refused', async (_id, literal) => {
    const { modelInput: _, ...input } = startInput();
    const response = await gateway.query(
      `mutation ($m: String!, $t: String!, $o: AsyncInvokeOutputDataConfigInput!) {
        startAsyncInvoke(input: { modelId: $m, clientRequestToken: $t, outputDataConfig: $o, modelInput: ${literal} })
        { userErrors { code } } }`,
      { m: input.modelId, t: input.clientRequestToken, o: input.outputDataConfig },
    );
    expectRefusal(response, { status: 400, code: 'GRAPHQL_VALIDATION_FAILED' });
  });

  it('a modelInput whose literal is too deep because of a variable is refused', async () => {
    const { modelInput: _, ...input } = startInput();
    const response = await gateway.query(
      `mutation ($rest: JSON!, $o: AsyncInvokeOutputDataConfigInput!) { startAsyncInvoke(input: {
        modelId: "${input.modelId}", clientRequestToken: "1", outputDataConfig: $o, modelInput: { a: $rest } })
        { userErrors { code } } }`,
      { rest: JSON.parse(nested(32)) as unknown, o: input.outputDataConfig },
    );
    expectRefusal(response, BY_TYPE);
  });

  it.each([
    ['32 levels', nested(32)],
    ['204,800 bytes', sized(204_800)],
    ['a key named constructor', '{"constructor":"of ships"}'],
  ])('a modelInput with %s is accepted', async (what, json) => {
    const input = JSON.parse(withModelInput(json)) as Record<string, unknown>;
    arnOf(await start(gateway, { ...input, clientRequestToken: what.replaceAll(' ', '-') }));
  });
});

it('HTTP-26 a GET starts nothing', async () => {
  const query = `mutation { startAsyncInvoke(input: { modelId: "luma.ray-v2:0", modelInput: {}, clientRequestToken: "1",
    outputDataConfig: { s3OutputDataConfig: { s3Uri: "s3://bucket" } } }) { userErrors { code } } }`;
  for (const headers of [{}, { 'apollo-require-preflight': 'true' }]) {
    const search = `?query=${encodeURIComponent(query)}`;
    const response = await gateway.fetch({ search, headers });
    expect([400, 405]).toContain(response.status);
    expect(response.errors[0]?.extensions.code).toBe('BAD_REQUEST');
    expect(gateway.emulator.requests).toEqual([]);
  }
});

it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])(
  'a simple request of another site with %s starts nothing',
  async (type) => {
    const { status, errors } = await start(gateway, {}, { 'content-type': type });
    expect([status, errors[0]?.extensions.code]).toEqual([400, 'BAD_REQUEST']);
    expect(gateway.emulator.requests).toEqual([]);
  },
);

it('a start in a query or a subscription is refused', async () => {
  for (const type of ['query', 'subscription']) {
    const { status, errors } = await gateway.query(
      `${type} ($input: StartAsyncInvokeInput!) { startAsyncInvoke(input: $input) { userErrors { code } } }`,
      { input: startInput() },
    );
    expect([status, errors[0]?.extensions.code]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
    expect(gateway.emulator.requests).toEqual([]);
  }
});
