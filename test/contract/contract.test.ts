import { NodeHttpHandler } from '@smithy/node-http-handler';

import { createEmulator } from '../../src/emulator/emulator.ts';
import { describeWhen } from '../harness/describe-when.ts';
import { awsSdkClient } from './aws-sdk-client.ts';
import { boto3Client, reasonWithoutBoto3 } from './boto3-client.ts';
import type { ContractClient } from './client.ts';
import type { Need, Requirement, Subject } from './requirement.ts';
import { ERRORS } from './requirements/errors.ts';
import { GET } from './requirements/get.ts';
import { LIST } from './requirements/list.ts';
import { START } from './requirements/start.ts';

const REQUIREMENTS = [...LIST, ...GET, ...START, ...ERRORS];
const NOON = Date.parse('2026-03-01T12:00:00.000Z');

const region = process.env.AWS_REGION ?? 'us-east-1';
const remote = process.env.REMOTE === '1';
const remoteWrite = process.env.REMOTE_WRITE === '1';

it('gives every requirement a unique id', () => {
  const ids = REQUIREMENTS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => !/^(LIST|GET|START|ERR)-[MS]\d\d$/.test(id))).toEqual([]);
});

const local = (endpoint: string) => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
  authSchemePreference: ['aws.auth#sigv4'],
});

describeContract('the AWS SDK for JavaScript over HTTP/2', undefined, (endpoint) =>
  awsSdkClient(local(endpoint)),
);
describeContract('the AWS SDK for JavaScript over HTTP/1.1', undefined, (endpoint) =>
  awsSdkClient({ ...local(endpoint), requestHandler: new NodeHttpHandler() }),
);
describeContract('boto3', reasonWithoutBoto3(), (endpoint) => boto3Client(endpoint, 'us-east-1'));

/** Tests the emulator with one client. It has jobs of every status, many of equal submit time. */
function describeContract(
  title: string,
  reasonToSkip: string | undefined,
  createClient: (endpoint: string) => ContractClient,
): void {
  describeWhen(reasonToSkip, `the emulator meets the contract with ${title}`, () => {
    // The clock advances with every read, so that tokens expire.
    let now = NOON;
    const emulator = createEmulator({ clock: () => now++, jobs: 40 });
    const subject: { current?: Subject } = {};

    beforeAll(async () => {
      const { url } = await emulator.start();
      for (let count = 0; count < 12; count++) emulator.addJob({ submitTime: NOON - 5000 });
      emulator.addJob({ outcome: 'InProgress' });
      subject.current = { client: createClient(url), region: 'us-east-1', emulator };
    });
    afterAll(async () => {
      subject.current?.client.close();
      await emulator.destroy();
    });

    it.each(REQUIREMENTS.map((requirement) => [name(requirement), requirement] as const))(
      '%s',
      (_name, { check }) => check(required(subject.current)),
    );
  });
}

describeWhen(
  remote ? undefined : 'set REMOTE=1, AWS_REGION and AWS credentials to test AWS',
  `AWS in ${region} meets the contract`,
  () => {
    const client = awsSdkClient({ region });
    afterAll(() => {
      client.close();
    });
    for (const requirement of REQUIREMENTS) {
      describeWhen(reasonToSkipOnAws(requirement), requirement.id, () => {
        it(name(requirement), () => requirement.check({ client, region, emulator: undefined }));
      });
    }
  },
);

function reasonToSkipOnAws({ needs = [] }: Requirement): string | undefined {
  const reasons: Record<Need, string | undefined> = {
    knobs: 'AWS has no knobs',
    'known jobs': "the test must know all of the account's jobs",
    writing: remoteWrite
      ? undefined
      : 'set REMOTE_WRITE=1 to allow starting jobs, which cost money',
  };
  return needs.map((need) => reasons[need]).find((reason) => reason !== undefined);
}

function name({ id, level, text }: Requirement): string {
  return `${id} ${level}: ${text}`;
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the emulator was not started');
  return value;
}
