import { outputOf, errorOf } from '../client.ts';
import type { Requirement } from '../requirement.ts';

const PREFIX = 's3://bedrock-async-contract/renders';
const INPUT = {
  modelId: 'amazon.nova-reel-v1:1',
  modelInput: {
    taskType: 'TEXT_VIDEO',
    textToVideoParams: { text: 'A heron at dawn' },
    videoGenerationConfig: { durationSeconds: 6, fps: 24, dimension: '1280x720' },
  },
  outputDataConfig: { s3OutputDataConfig: { s3Uri: PREFIX } },
};
const s3 = (config: object) => ({
  ...INPUT,
  outputDataConfig: { s3OutputDataConfig: { s3Uri: PREFIX, ...config } },
});
const tags = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ key: `tag-${index}`, value: 'contract' }));

const REFUSALS: readonly (readonly [what: string, input: Record<string, unknown>])[] = [
  ['no modelId', { modelInput: INPUT.modelInput, outputDataConfig: INPUT.outputDataConfig }],
  ['a modelId with a space', { ...INPUT, modelId: 'amazon nova' }],
  ['a modelId of 257 characters', { ...INPUT, modelId: `a.${'b'.repeat(255)}` }],
  ['no modelInput', { modelId: INPUT.modelId, outputDataConfig: INPUT.outputDataConfig }],
  ['no outputDataConfig', { modelId: INPUT.modelId, modelInput: INPUT.modelInput }],
  ['an s3Uri of another scheme', s3({ s3Uri: 'https://bucket/key' })],
  ['an s3Uri of 1025 characters', s3({ s3Uri: `s3://bucket/${'k'.repeat(1013)}` })],
  ['a kmsKeyId that is no ARN', s3({ kmsKeyId: 'alias/renders' })],
  ['a bucketOwner that is no account', s3({ bucketOwner: 'me' })],
  ['a clientRequestToken of 257 characters', { ...INPUT, clientRequestToken: 'x'.repeat(257) }],
  ['a clientRequestToken with a space', { ...INPUT, clientRequestToken: 'a b' }],
  ['201 tags', { ...INPUT, tags: tags(201) }],
  ['a tag key of 129 characters', { ...INPUT, tags: [{ key: 'k'.repeat(129), value: '' }] }],
  ['a reserved tag key', { ...INPUT, tags: [{ key: 'aws:contract', value: '' }] }],
];

export const START: readonly Requirement[] = [
  {
    id: 'START-M01',
    level: 'MUST',
    text: 'starts an invocation that GetAsyncInvoke then shows',
    needs: ['writing'],
    async check({ client, region }) {
      const { invocationArn } = outputOf(await client.start(INPUT));
      const row = outputOf(await client.get(invocationArn));
      expect(row.invocationArn.split(':')[3]).toBe(region);
      expect(row.modelArn.endsWith(`:foundation-model/${INPUT.modelId}`)).toBe(true);
      expect(row.s3Uri.startsWith(`${PREFIX}/`)).toBe(true);
      expect(row.status).toMatch(/^(InProgress|Completed|Failed)$/);
    },
  },
  {
    id: 'START-M02',
    level: 'MUST',
    text: 'starts one invocation for one clientRequestToken',
    needs: ['writing'],
    async check({ client }) {
      const input = { ...INPUT, clientRequestToken: crypto.randomUUID() };
      const first = outputOf(await client.start(input));
      expect(outputOf(await client.start(input))).toEqual(first);
      const row = outputOf(await client.get(first.invocationArn));
      expect(row.clientRequestToken).toBe(input.clientRequestToken);
    },
  },
  {
    id: 'START-M03',
    level: 'MUST',
    text: 'refuses a clientRequestToken that comes back with another request',
    needs: ['writing'],
    async check({ client }) {
      const input = { ...INPUT, clientRequestToken: crypto.randomUUID() };
      outputOf(await client.start(input));
      const other = {
        ...input,
        outputDataConfig: s3({ s3Uri: `${PREFIX}/else` }).outputDataConfig,
      };
      const error = errorOf(await client.start(other));
      expect(error).toMatchObject({ name: 'ConflictException', status: 400 });
    },
  },
  {
    id: 'START-M04',
    level: 'MUST',
    text: 'starts a new invocation for every request whose token the SDK made up',
    needs: ['writing'],
    async check({ client }) {
      const first = outputOf(await client.start(INPUT));
      expect(outputOf(await client.start(INPUT))).not.toEqual(first);
    },
  },
  {
    id: 'START-M05',
    level: 'MUST',
    text: 'keeps the key and the owner of the output, and takes 200 tags',
    needs: ['writing', 'known jobs'],
    async check({ client }) {
      const kmsKeyId = 'arn:aws:kms:us-east-1:111122223333:alias/renders';
      const input = { ...s3({ kmsKeyId, bucketOwner: '444455556666' }), tags: tags(200) };
      const { invocationArn } = outputOf(await client.start(input));
      const row = outputOf(await client.get(invocationArn));
      expect(row).toMatchObject({ kmsKeyId, bucketOwner: '444455556666' });
    },
  },
  // Refusals need leave to write as well: a service that broke one of them would start a job.
  ...REFUSALS.map(([what, input], index): Requirement => ({
    id: `START-M${String(index + 6).padStart(2, '0')}`,
    level: 'MUST',
    text: `refuses ${what}`,
    needs: ['writing'],
    async check({ client }) {
      const error = errorOf(await client.start(input));
      expect(error).toMatchObject({ name: 'ValidationException', status: 400 });
    },
  })),
];
