import {
  call,
  destroyEmulators,
  get,
  list,
  MINUTE,
  NOON,
  start,
  START_INPUT,
  startEmulator,
  TestClock,
} from './emulator-harness.ts';

afterEach(destroyEmulators);

const output = (s3: unknown) => ({ ...START_INPUT, outputDataConfig: { s3OutputDataConfig: s3 } });
const tagged = (...tags: unknown[]) => ({ ...START_INPUT, tags });
const without = (name: keyof typeof START_INPUT) => ({ ...START_INPUT, [name]: null });

describe('StartAsyncInvoke', () => {
  it('starts a job that ends when the clock reaches its end', async () => {
    const clock = new TestClock();
    const emulator = await startEmulator({ clock: clock.read, knobs: { failureRate: 0 } });
    const { status, json } = await start(emulator, { ...START_INPUT, clientRequestToken: 'once' });
    expect(status).toBe(200);
    const invocationArn = String(json.invocationArn);
    const id = invocationArn.slice(-12);
    expect((await get(emulator, invocationArn)).json).toEqual({
      invocationArn,
      modelArn: 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-reel-v1:1',
      clientRequestToken: 'once',
      status: 'InProgress',
      submitTime: new Date(NOON).toISOString(),
      lastModifiedTime: new Date(NOON).toISOString(),
      outputDataConfig: {
        s3OutputDataConfig: { s3Uri: `s3://acme-generated-video/tests/${id}` },
      },
    });
    clock.advance(20 * MINUTE);
    expect((await get(emulator, invocationArn)).json).toMatchObject({ status: 'Completed' });
  });

  it('keeps the key, the owner and the prefix of the output', async () => {
    const emulator = await startEmulator();
    const kmsKeyId = 'arn:aws:kms:us-east-1:111122223333:key/0c5c8b8e-6d3b-4f0e-9d53-0a9d1cf0a111';
    const s3 = { s3Uri: 's3://renders/', kmsKeyId, bucketOwner: '444455556666' };
    const { json } = await start(emulator, output(s3));
    const id = String(json.invocationArn).slice(-12);
    expect((await list(emulator)).asyncInvokeSummaries[0]?.outputDataConfig).toEqual({
      s3OutputDataConfig: { ...s3, s3Uri: `s3://renders/${id}` },
    });
  });

  it.each([
    'luma.ray-v2:0',
    'arn:aws:bedrock:us-east-1::foundation-model/luma.ray-v2:0',
    'arn:aws:bedrock:us-east-1:111122223333:provisioned-model/0123456789ab',
  ])('accepts the model %s', async (modelId) => {
    const emulator = await startEmulator();
    await start(emulator, { ...START_INPUT, modelId });
    const prefix = modelId.startsWith('arn:') ? '' : 'arn:aws:bedrock:us-east-1::foundation-model/';
    expect(emulator.jobs().map((job) => job.modelArn)).toEqual([prefix + modelId]);
  });

  it.each([
    ['an s3Uri without a key', output({ s3Uri: 's3://abc' })],
    ['null for optional members', { ...output({ s3Uri: 's3://abc', kmsKeyId: null }), tags: null }],
    ['unknown members', { ...START_INPUT, somethingNew: 1 }],
    [
      'an alias with slashes',
      output({ s3Uri: 's3://abc', kmsKeyId: 'arn:aws:kms:us-east-1:111122223333:alias/a/b_c' }),
    ],
    ['200 tags', tagged(...Array.from({ length: 200 }, (_, n) => ({ key: `k${n}`, value: '' })))],
    ['a token of 256 characters', { ...START_INPUT, clientRequestToken: `a${'-'.repeat(254)}z` }],
    ['a token of one character', { ...START_INPUT, clientRequestToken: '7' }],
    ['an empty model input', { ...START_INPUT, modelInput: {} }],
  ])('accepts %s', async (_what, input) => {
    const emulator = await startEmulator();
    expect(await start(emulator, input)).toMatchObject({ status: 200 });
  });

  it.each([
    ['no modelId', without('modelId'), "Value null at 'modelId'", 'not be null'],
    ['no modelInput', without('modelInput'), "Value null at 'modelInput'", 'not be null'],
    [
      'no outputDataConfig',
      without('outputDataConfig'),
      "Value null at 'outputDataConfig'",
      'null',
    ],
    ['no s3Uri', output({}), "Value null at 'outputDataConfig.s3OutputDataConfig.s3Uri'", 'null'],
    ['an empty modelId', { ...START_INPUT, modelId: '' }, "'' at 'modelId'", 'length greater'],
    ['a long modelId', { ...START_INPUT, modelId: `a.${'b'.repeat(255)}` }, "at 'modelId'", '256'],
    ['a space in modelId', { ...START_INPUT, modelId: 'a. b' }, "'a. b' at 'modelId'", 'pattern'],
    ['an empty token', { ...START_INPUT, clientRequestToken: '' }, "at 'clientRequestToken'", '1'],
    [
      'a token of 257 characters',
      { ...START_INPUT, clientRequestToken: 'x'.repeat(257) },
      "at 'clientRequestToken'",
      '256',
    ],
    [
      'a space in the token',
      { ...START_INPUT, clientRequestToken: 'a b' },
      "at 'clientRequestToken'",
      '[a-zA-Z0-9](-*[a-zA-Z0-9])*',
    ],
    ['an s3Uri of another scheme', output({ s3Uri: 'https://bucket/key' }), 's3Uri', 's3://'],
    ['a short bucket', output({ s3Uri: 's3://ab' }), 's3Uri', 'pattern'],
    ['an upper-case bucket', output({ s3Uri: 's3://Bucket/key' }), 's3Uri', 'pattern'],
    ['a long bucket', output({ s3Uri: `s3://${'b'.repeat(64)}` }), 's3Uri', 'pattern'],
    ['a long s3Uri', output({ s3Uri: `s3://bucket/${'k'.repeat(1013)}` }), 's3Uri', '1024'],
    [
      'a key id that is not an ARN',
      output({ s3Uri: 's3://abc', kmsKeyId: '0c5c8b8e' }),
      'kmsKeyId',
      'pattern',
    ],
    [
      'a short bucketOwner',
      output({ s3Uri: 's3://abc', bucketOwner: '123' }),
      'bucketOwner',
      '[0-9]{12}',
    ],
    [
      '201 tags',
      tagged(...Array.from({ length: 201 }, (_, n) => ({ key: `k${n}`, value: '' }))),
      "Value at 'tags'",
      '200',
    ],
    ['an empty tag key', tagged({ key: '', value: '' }), "at 'tags.1.member.key'", 'length'],
    [
      'a long tag key',
      tagged({ key: 'k'.repeat(129), value: '' }),
      "at 'tags.1.member.key'",
      '128',
    ],
    [
      'a long tag value',
      tagged({ key: 'k', value: 'v'.repeat(257) }),
      "at 'tags.1.member.value'",
      '256',
    ],
    [
      'a tag key with an invalid character',
      tagged({ key: 'k', value: '' }, { key: 'k#', value: '' }),
      "at 'tags.2.member.key'",
      'pattern',
    ],
    ['a tag without a value', tagged({ key: 'k' }), "Value null at 'tags.1.member.value'", 'null'],
  ])('rejects %s with a constraint violation', async (_what, input, subject, constraint) => {
    const emulator = await startEmulator();
    const { status, type, message } = await start(emulator, input);
    expect({ status, type }).toEqual({ status: 400, type: 'ValidationException' });
    expect(message).toMatch(/^[12] validation errors? detected: Value /);
    expect(message).toContain(subject);
    expect(message).toContain(constraint);
    expect(emulator.jobs()).toEqual([]);
  });

  it.each([
    ['a reserved tag', tagged({ key: 'aws:owner', value: '' }), /^aws: prefixed/],
    [
      'a duplicate tag key',
      tagged({ key: 'k', value: '1' }, { key: 'k', value: '2' }),
      /Duplicate/,
    ],
    [
      'a string as modelInput',
      { ...START_INPUT, modelInput: '{}' },
      /modelInput must be a JSON object/,
    ],
    [
      'a list as modelInput',
      { ...START_INPUT, modelInput: [] },
      /modelInput must be a JSON object/,
    ],
    [
      'a model id without a provider',
      { ...START_INPUT, modelId: 'ray' },
      /model identifier is invalid/,
    ],
    [
      'a model ARN of another region',
      { ...START_INPUT, modelId: 'arn:aws:bedrock:eu-west-1::foundation-model/luma.ray-v2:0' },
      /model identifier is invalid/,
    ],
    [
      'an inference profile',
      { ...START_INPUT, modelId: 'arn:aws:bedrock:us-east-1:111122223333:inference-profile/x' },
      /model identifier is invalid/,
    ],
  ])('rejects %s with ValidationException', async (_what, input, text) => {
    const emulator = await startEmulator();
    const { status, type, message } = await start(emulator, input);
    expect({ status, type }).toEqual({ status: 400, type: 'ValidationException' });
    expect(message).toMatch(text);
    expect(emulator.jobs()).toEqual([]);
  });

  it.each([
    ['a malformed body', '{"modelId":'],
    ['an empty body', ''],
    ['a list as body', []],
    ['null as body', null],
    ['a number as modelId', { ...START_INPUT, modelId: 7 }],
    ['a string as outputDataConfig', { ...START_INPUT, outputDataConfig: 's3://abc' }],
    ['an empty union', { ...START_INPUT, outputDataConfig: {} }],
    ['a union of nulls', { ...START_INPUT, outputDataConfig: { s3OutputDataConfig: null } }],
    ['an unknown union member', { ...START_INPUT, outputDataConfig: { diskConfig: {} } }],
    [
      'two union members',
      { ...START_INPUT, outputDataConfig: { ...START_INPUT.outputDataConfig, diskConfig: {} } },
    ],
    ['tags as a map', { ...START_INPUT, tags: { owner: 'me' } }],
    ['a string as tag', tagged('owner')],
  ])('rejects %s with SerializationException', async (_what, input) => {
    const emulator = await startEmulator();
    const { status, type } = await start(emulator, input);
    expect({ status, type }).toEqual({ status: 400, type: 'SerializationException' });
    expect(emulator.jobs()).toEqual([]);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonl'])(
    'rejects the content type %s',
    async (type) => {
      const emulator = await startEmulator();
      const body = JSON.stringify(START_INPUT);
      const headers = { 'content-type': type };
      expect(
        await call(emulator, '/async-invoke', { method: 'POST', headers, body }),
      ).toMatchObject({ status: 415, type: 'UnsupportedMediaTypeException' });
    },
  );

  it('accepts application/json with a charset', async () => {
    const emulator = await startEmulator();
    const body = JSON.stringify(START_INPUT);
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    expect(await call(emulator, '/async-invoke', { method: 'POST', headers, body })).toMatchObject({
      status: 200,
    });
  });
});

function withReversedMembers(object: object): object {
  return Object.fromEntries(Object.entries(object).toReversed());
}

describe('clientRequestToken', () => {
  const input = { ...START_INPUT, clientRequestToken: 'order-7' };

  it.each(['-a', 'a-', 'a_b', 'a.b', '~', 'a-b_'])(
    'rejects the clientRequestToken %j unless clientRequestTokenPattern is "published"',
    async (clientRequestToken) => {
      const emulator = await startEmulator();
      const response = await start(emulator, { ...input, clientRequestToken });
      expect(response.status).toBe(400);
      expect(response.message).toContain('[a-zA-Z0-9](-*[a-zA-Z0-9])*');
      emulator.setKnobs({ clientRequestTokenPattern: 'published' });
      expect(await start(emulator, { ...input, clientRequestToken })).toMatchObject({
        status: 200,
      });
    },
  );

  it('starts one job for equal requests with one clientRequestToken, in any member order', async () => {
    const emulator = await startEmulator();
    const reversed = { ...input, modelInput: withReversedMembers(input.modelInput) };
    const responses = await Promise.all(
      [input, reversed, input].map((body) => start(emulator, body)),
    );
    expect(new Set(responses.map(({ json }) => json.invocationArn)).size).toBe(1);
    expect(emulator.jobs()).toHaveLength(1);
  });

  it.each([
    ['modelId', { modelId: 'luma.ray-v2:0' }],
    ['modelInput', { modelInput: { text: 'A heron at dusk' } }],
    ['outputDataConfig', { outputDataConfig: { s3OutputDataConfig: { s3Uri: 's3://else' } } }],
    ['tags', { tags: [{ key: 'k', value: 'v' }] }],
  ])(
    'returns ConflictException when a clientRequestToken is reused with another %s',
    async (_name, change) => {
      const emulator = await startEmulator();
      await start(emulator, input);
      expect(await start(emulator, { ...input, ...change })).toMatchObject({
        status: 400,
        type: 'ConflictException',
      });
      expect(emulator.jobs()).toHaveLength(1);
    },
  );

  it('starts a job for each request without a clientRequestToken', async () => {
    const emulator = await startEmulator();
    await start(emulator, START_INPUT);
    await start(emulator, START_INPUT);
    expect(emulator.jobs()).toHaveLength(2);
  });

  it('accepts a clientRequestToken again after a rejected request', async () => {
    const emulator = await startEmulator();
    await start(emulator, { ...input, modelInput: 'none' });
    expect(await start(emulator, input)).toMatchObject({ status: 200 });
  });
});
