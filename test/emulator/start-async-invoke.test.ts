import {
  call,
  get,
  list,
  MINUTE,
  NOON,
  start,
  startEmulator,
  START_INPUT,
  TestClock,
} from './emulator-harness.ts';

const output = (s3: unknown) => ({ ...START_INPUT, outputDataConfig: { s3OutputDataConfig: s3 } });
const tagged = (...tags: unknown[]) => ({ ...START_INPUT, tags });
const without = (name: keyof typeof START_INPUT) => ({ ...START_INPUT, [name]: null });

describe('StartAsyncInvoke', () => {
  it('starts a job that runs and ends by the clock', async () => {
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

  it('keeps the key, the owner and the folder of the output', async () => {
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
  ])('takes the model %s', async (modelId) => {
    const emulator = await startEmulator();
    await start(emulator, { ...START_INPUT, modelId });
    const prefix = modelId.startsWith('arn:') ? '' : 'arn:aws:bedrock:us-east-1::foundation-model/';
    expect(emulator.jobs().map((job) => job.modelArn)).toEqual([prefix + modelId]);
  });

  it.each([
    ['a bucket alone', output({ s3Uri: 's3://abc' })],
    [
      'nulls for what is optional',
      { ...output({ s3Uri: 's3://abc', kmsKeyId: null }), tags: null },
    ],
    ['unknown members', { ...START_INPUT, somethingNew: 1 }],
    [
      'an alias with slashes',
      output({ s3Uri: 's3://abc', kmsKeyId: 'arn:aws:kms:us-east-1:111122223333:alias/a/b_c' }),
    ],
    ['200 tags', tagged(...Array.from({ length: 200 }, (_, n) => ({ key: `k${n}`, value: '' })))],
    ['a token of 256 characters', { ...START_INPUT, clientRequestToken: `a${'-'.repeat(254)}z` }],
    ['a token of one character', { ...START_INPUT, clientRequestToken: '7' }],
    ['an empty model input', { ...START_INPUT, modelInput: {} }],
  ])('takes %s', async (_what, input) => {
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
      'a token of 257',
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
    ['another scheme', output({ s3Uri: 'https://bucket/key' }), 's3Uri', 's3://'],
    ['a short bucket', output({ s3Uri: 's3://ab' }), 's3Uri', 'pattern'],
    ['a bucket in capitals', output({ s3Uri: 's3://Bucket/key' }), 's3Uri', 'pattern'],
    ['a long bucket', output({ s3Uri: `s3://${'b'.repeat(64)}` }), 's3Uri', 'pattern'],
    ['a long s3Uri', output({ s3Uri: `s3://bucket/${'k'.repeat(1013)}` }), 's3Uri', '1024'],
    ['a key id alone', output({ s3Uri: 's3://abc', kmsKeyId: '0c5c8b8e' }), 'kmsKeyId', 'pattern'],
    [
      'a short owner',
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
      'a tag in ink',
      tagged({ key: 'k', value: '' }, { key: 'k#', value: '' }),
      "at 'tags.2.member.key'",
      'pattern',
    ],
    ['a tag without a value', tagged({ key: 'k' }), "Value null at 'tags.1.member.value'", 'null'],
  ])('refuses %s as breaking a constraint', async (_what, input, subject, constraint) => {
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
    ['a tag given twice', tagged({ key: 'k', value: '1' }, { key: 'k', value: '2' }), /Duplicate/],
    [
      'text for a model input',
      { ...START_INPUT, modelInput: '{}' },
      /modelInput must be a JSON object/,
    ],
    [
      'a list for a model input',
      { ...START_INPUT, modelInput: [] },
      /modelInput must be a JSON object/,
    ],
    ['a word for a model', { ...START_INPUT, modelId: 'ray' }, /model identifier is invalid/],
    [
      "another region's model",
      { ...START_INPUT, modelId: 'arn:aws:bedrock:eu-west-1::foundation-model/luma.ray-v2:0' },
      /model identifier is invalid/,
    ],
    [
      'an inference profile',
      { ...START_INPUT, modelId: 'arn:aws:bedrock:us-east-1:111122223333:inference-profile/x' },
      /model identifier is invalid/,
    ],
  ])('refuses %s as invalid', async (_what, input, text) => {
    const emulator = await startEmulator();
    const { status, type, message } = await start(emulator, input);
    expect({ status, type }).toEqual({ status: 400, type: 'ValidationException' });
    expect(message).toMatch(text);
    expect(emulator.jobs()).toEqual([]);
  });

  it.each([
    ['a broken body', '{"modelId":'],
    ['an empty body', ''],
    ['a list', []],
    ['null', null],
    ['a number for modelId', { ...START_INPUT, modelId: 7 }],
    ['text for outputDataConfig', { ...START_INPUT, outputDataConfig: 's3://abc' }],
    ['an empty union', { ...START_INPUT, outputDataConfig: {} }],
    ['a union of nulls', { ...START_INPUT, outputDataConfig: { s3OutputDataConfig: null } }],
    ['an unknown union member', { ...START_INPUT, outputDataConfig: { diskConfig: {} } }],
    [
      'two union members',
      { ...START_INPUT, outputDataConfig: { ...START_INPUT.outputDataConfig, diskConfig: {} } },
    ],
    ['tags as a map', { ...START_INPUT, tags: { owner: 'me' } }],
    ['a tag as text', tagged('owner')],
  ])('refuses %s as unreadable', async (_what, input) => {
    const emulator = await startEmulator();
    const { status, type } = await start(emulator, input);
    expect({ status, type }).toEqual({ status: 400, type: 'SerializationException' });
    expect(emulator.jobs()).toEqual([]);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonl'])(
    'refuses a body of type %s',
    async (type) => {
      const emulator = await startEmulator();
      const body = JSON.stringify(START_INPUT);
      const headers = { 'content-type': type };
      expect(
        await call(emulator, '/async-invoke', { method: 'POST', headers, body }),
      ).toMatchObject({ status: 415, type: 'UnsupportedMediaTypeException' });
    },
  );

  it('takes application/json with a charset', async () => {
    const emulator = await startEmulator();
    const body = JSON.stringify(START_INPUT);
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    expect(await call(emulator, '/async-invoke', { method: 'POST', headers, body })).toMatchObject({
      status: 200,
    });
  });
});

function turnedRound(object: object): object {
  return Object.fromEntries(Object.entries(object).toReversed());
}

describe('clientRequestToken', () => {
  const input = { ...START_INPUT, clientRequestToken: 'order-7' };

  it.each(['-a', 'a-', 'a_b', 'a.b', '~', 'a-b_'])(
    'E1: %j is refused, as AWS refuses it, unless the published pattern is chosen',
    async (clientRequestToken) => {
      const emulator = await startEmulator();
      const refused = await start(emulator, { ...input, clientRequestToken });
      expect(refused.status).toBe(400);
      expect(refused.json.message).toContain('[a-zA-Z0-9](-*[a-zA-Z0-9])*');
      emulator.setKnobs({ clientRequestTokenPattern: 'published' });
      expect(await start(emulator, { ...input, clientRequestToken })).toMatchObject({
        status: 200,
      });
    },
  );

  it('starts one job for one request, however its members are ordered', async () => {
    const emulator = await startEmulator();
    const turned = { ...input, modelInput: turnedRound(input.modelInput) };
    const replies = await Promise.all([input, turned, input].map((body) => start(emulator, body)));
    expect(new Set(replies.map(({ json }) => json.invocationArn)).size).toBe(1);
    expect(emulator.jobs()).toHaveLength(1);
  });

  it.each([
    ['modelId', { modelId: 'luma.ray-v2:0' }],
    ['modelInput', { modelInput: { text: 'A heron at dusk' } }],
    ['outputDataConfig', { outputDataConfig: { s3OutputDataConfig: { s3Uri: 's3://else' } } }],
    ['tags', { tags: [{ key: 'k', value: 'v' }] }],
  ])('conflicts with a request of another %s', async (_name, change) => {
    const emulator = await startEmulator();
    await start(emulator, input);
    expect(await start(emulator, { ...input, ...change })).toMatchObject({
      status: 400,
      type: 'ConflictException',
    });
    expect(emulator.jobs()).toHaveLength(1);
  });

  it('is not needed: without one every request starts a job', async () => {
    const emulator = await startEmulator();
    await start(emulator, START_INPUT);
    await start(emulator, START_INPUT);
    expect(emulator.jobs()).toHaveLength(2);
  });

  it('stays free after a request that was refused', async () => {
    const emulator = await startEmulator();
    await start(emulator, { ...input, modelInput: 'none' });
    expect(await start(emulator, input)).toMatchObject({ status: 200 });
  });
});
