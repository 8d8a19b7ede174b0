import {
  call,
  destroyEmulators,
  get,
  list,
  MINUTE,
  NOON,
  SECOND,
  startEmulator,
} from './emulator-harness.ts';

afterEach(destroyEmulators);

const ARN = 'arn:aws:bedrock:us-east-1:111122223333:async-invoke/abcdefghij01';

describe('GetAsyncInvoke', () => {
  it('returns the times and the output of a completed job', async () => {
    const emulator = await startEmulator();
    emulator.addJob({
      id: 'abcdefghij01',
      modelArn: 'arn:aws:bedrock:us-east-1::foundation-model/luma.ray-v2:0',
      clientRequestToken: 'order-7',
      submitTime: NOON - MINUTE,
      endTime: NOON - SECOND,
      s3Uri: 's3://renders/clips/abcdefghij01',
      kmsKeyId: 'arn:aws:kms:us-east-1:111122223333:alias/renders',
      bucketOwner: '444455556666',
    });
    expect((await get(emulator, ARN)).json).toEqual({
      invocationArn: ARN,
      modelArn: 'arn:aws:bedrock:us-east-1::foundation-model/luma.ray-v2:0',
      clientRequestToken: 'order-7',
      status: 'Completed',
      submitTime: '2026-03-01T11:59:00.000Z',
      lastModifiedTime: '2026-03-01T11:59:59.000Z',
      endTime: '2026-03-01T11:59:59.000Z',
      outputDataConfig: {
        s3OutputDataConfig: {
          s3Uri: 's3://renders/clips/abcdefghij01',
          kmsKeyId: 'arn:aws:kms:us-east-1:111122223333:alias/renders',
          bucketOwner: '444455556666',
        },
      },
    });
  });

  it('leaves out members that a job does not have', async () => {
    const emulator = await startEmulator();
    const seed = { clientRequestToken: null, kmsKeyId: null, bucketOwner: null } as const;
    const job = emulator.addJob({ ...seed, s3Uri: 's3://renders/x', outcome: 'InProgress' });
    expect((await get(emulator, job.invocationArn)).json).toEqual({
      invocationArn: job.invocationArn,
      modelArn: job.modelArn,
      status: 'InProgress',
      submitTime: '2026-03-01T12:00:00.000Z',
      lastModifiedTime: '2026-03-01T12:00:00.000Z',
      outputDataConfig: { s3OutputDataConfig: { s3Uri: 's3://renders/x' } },
    });
  });

  it('returns the failure message of a failed job', async () => {
    const emulator = await startEmulator();
    const failureMessage = 'The generated video has been blocked by our content filters.';
    const { invocationArn } = emulator.addJob({ failureMessage, endTime: NOON });
    expect((await get(emulator, invocationArn)).json).toMatchObject({
      status: 'Failed',
      failureMessage,
    });
  });

  it('returns the same members as ListAsyncInvokes', async () => {
    const emulator = await startEmulator({ jobs: 40 });
    const rows = (await list(emulator)).asyncInvokeSummaries;
    const responses = await Promise.all(
      rows.map((row) => get(emulator, String(row.invocationArn))),
    );
    expect(rows).toHaveLength(40);
    expect(responses.map(({ json }) => json)).toEqual(rows);
  });

  it.each([encodeURIComponent(ARN), ARN.replace('/', '%2F'), ARN.replace('/', '%2f')])(
    'accepts the percent-encoded ARN %s',
    async (label) => {
      const emulator = await startEmulator();
      emulator.addJob({ id: 'abcdefghij01' });
      expect((await call(emulator, `/async-invoke/${label}`)).json).toMatchObject({
        invocationArn: ARN,
      });
    },
  );

  it.each([
    ['abcdefghij01', 1],
    ['arn:aws:bedrock:us-east-1:111122223333:async-invoke/ABCDEFGHIJ01', 1],
    ['arn:aws:bedrock:us-east-1:111122223333:async-invoke/abcdefghij0', 1],
    ['arn:aws:bedrock:us-east-1:111122223333:async-invoke/abcdefghij012', 1],
    ['arn:aws:bedrock:us-east-1:11112222333:async-invoke/abcdefghij01', 1],
    ['arn:aws:bedrock::111122223333:async-invoke/abcdefghij01', 1],
    ['arn:aws:s3:us-east-1:111122223333:async-invoke/abcdefghij01', 1],
    ['arn:aws:bedrock:us-east-1:111122223333:async-invoke/abcdefghij01\n', 1],
    [`arn:aws-${'x'.repeat(2048)}:bedrock:us-east-1:111122223333:async-invoke/abcdefghij01`, 1],
    [`arn:${'x'.repeat(2048)}`, 2],
  ])('rejects the ARN %j with %i constraint violation(s)', async (invocationArn, count) => {
    const emulator = await startEmulator();
    const { status, type, message } = await get(emulator, invocationArn);
    expect({ status, type }).toEqual({ status: 400, type: 'ValidationException' });
    expect(message).toMatch(new RegExp(`^${count} validation errors? detected: Value '`));
    expect(message).toContain("at 'invocationArn' failed to satisfy constraint: Member must");
  });

  it.each([
    [
      'an unknown id',
      'aws:bedrock:us-east-1:111122223333',
      400,
      'ValidationException',
      'not exist',
    ],
    [
      'another account',
      'aws:bedrock:us-east-1:999988887777',
      403,
      'AccessDeniedException',
      'not authorized',
    ],
    [
      'another region',
      'aws:bedrock:eu-west-1:111122223333',
      400,
      'ValidationException',
      'another region',
    ],
    [
      'another partition',
      'aws-cn:bedrock:us-east-1:111122223333',
      400,
      'ValidationException',
      'another region',
    ],
  ])('rejects the ARN of %s', async (_what, owner, status, type, text) => {
    const emulator = await startEmulator();
    const response = await get(emulator, `arn:${owner}:async-invoke/zzzzzzzzzzzz`);
    expect(response).toMatchObject({ status, type });
    expect(response.message).toContain(text);
  });

  it('rejects a label with malformed percent-encoding', async () => {
    const emulator = await startEmulator();
    expect(await call(emulator, '/async-invoke/arn%3')).toMatchObject({
      status: 400,
      type: 'SerializationException',
    });
  });
});

describe('partition', () => {
  it.each([
    ['us-east-1', 'aws'],
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['us-iso-east-1', 'aws-iso'],
    ['us-isob-east-1', 'aws-iso-b'],
    ['eusc-de-east-1', 'aws-eusc'],
  ])('generates ARNs for region %s with partition %s', async (region, partition) => {
    const emulator = await startEmulator({ region });
    const { invocationArn, modelArn } = emulator.addJob();
    expect(invocationArn).toMatch(
      new RegExp(`^arn:${partition}:bedrock:${region}:111122223333:async-invoke/[a-z0-9]{12}$`),
    );
    expect(modelArn).toMatch(new RegExp(`^arn:${partition}:bedrock:${region}::foundation-model/`));
  });
});
