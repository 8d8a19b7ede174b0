import { type Gateway, startGateway } from '../harness/gateway.ts';
import { GET, JOB, LIST, type PageJson } from '../harness/queries.ts';

const [NEWEST = '', OLDEST = ''] = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb'].map(
  (id) => `arn:aws:bedrock:us-east-1:111122223333:async-invoke/${id}`,
);

const WHOLE_JOB = /* GraphQL */ `
  query ($arn: AwsArn!) {
    asyncInvoke(invocationArn: $arn) {
      ...Job
    }
  }
  ${JOB}
`;

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
  const submitTime = Date.now() - 60_000;
  gateway.emulator.addJob({ invocationArn: NEWEST, submitTime, endTime: submitTime + 9000 });
  gateway.emulator.addJob({
    invocationArn: OLDEST,
    submitTime: submitTime - 1,
    endTime: submitTime,
  });
});
afterEach(() => {
  gateway.emulator.clearFaults();
  gateway.emulator.clearRequests();
});
afterAll(async () => {
  await gateway.stop();
});

type Wire = Record<string, unknown>;

interface Row {
  readonly id: string;
  /** What becomes of the record of the newest invocation on its way. */
  readonly change: (record: Wire) => Wire;
  /** What then is read of it; null where it has no identity left. */
  readonly fields: object | null;
}

const ROWS: readonly Row[] = [
  {
    id: 'BODY-10 a time that is none',
    change: (job) => ({ ...job, submitTime: 'not-a-date' }),
    fields: { submitTime: null, durationSeconds: null, status: 'COMPLETED' },
  },
  {
    id: 'BODY-12 a status that is new',
    change: (job) => ({ ...job, status: 'Cancelled' }),
    fields: { status: 'UNKNOWN', rawStatus: 'Cancelled' },
  },
  {
    id: 'BODY-13 no status',
    change: ({ status: _status, ...job }) => job,
    fields: { status: null, rawStatus: null },
  },
  {
    id: 'BODY-14 no ARN',
    change: ({ invocationArn: _arn, ...job }) => job,
    fields: null,
  },
  {
    id: 'BODY-14 an ARN that is none',
    change: (job) => ({ ...job, invocationArn: 'arn:aws:s3:::bucket' }),
    fields: null,
  },
  {
    id: 'BODY-16 no output configuration',
    change: (job) => ({ ...job, outputDataConfig: {} }),
    fields: { outputDataConfig: null },
  },
  {
    id: 'BODY-16 an output configuration that is new',
    change: (job) => ({ ...job, outputDataConfig: { glacierOutput: { vault: 'v' } } }),
    fields: {
      outputDataConfig: {
        __typename: 'AsyncInvokeUnknownOutputDataConfig',
        memberName: 'glacierOutput',
      },
    },
  },
  {
    id: 'an output configuration that is garbled',
    change: (job) => ({ ...job, outputDataConfig: { s3OutputDataConfig: { s3Uri: 7 } } }),
    fields: { outputDataConfig: null },
  },
  {
    id: 'a model ARN that is none',
    change: (job) => ({ ...job, modelArn: 'luma' }),
    fields: { modelArn: null, modelId: null },
  },
  {
    id: 'BODY-17 an own __proto__ member',
    change: (job) =>
      JSON.parse(`{"__proto__":{"polluted":1},${JSON.stringify(job).slice(1)}`) as Wire,
    fields: { status: 'COMPLETED' },
  },
];

const whole = (invocationArn: string, fields: object = {}) =>
  expect.objectContaining({ invocationArn, ...fields }) as unknown;

const nodesOf = (data: Wire | null | undefined) => (data?.asyncInvokes as PageJson).nodes;

describe('a record that is not as it should be', () => {
  it.each(ROWS)('$id leaves the rest of a list whole', async ({ change, fields }) => {
    gateway.emulator.inject({
      kind: 'rewrite',
      rewrite: ({ asyncInvokeSummaries: [first, ...rest] = [] }) => ({
        asyncInvokeSummaries: [change(first ?? {}), ...rest],
      }),
    });
    const { data, errors } = await gateway.query(LIST, { first: 10 });
    expect(errors).toEqual([]);
    expect(nodesOf(data)).toEqual([fields && whole(NEWEST, fields), whole(OLDEST)]);
    expect('polluted' in {}).toBe(false);
  });

  it.each(ROWS)('$id leaves the rest of one invocation whole', async ({ change, fields }) => {
    gateway.emulator.inject({ kind: 'rewrite', rewrite: change });
    const { data, errors } = await gateway.query(WHOLE_JOB, { arn: NEWEST });
    // What has no identity is not the invocation that was asked for.
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(fields ? [] : ['BAD_GATEWAY']);
    expect(data).toEqual({ asyncInvoke: fields && whole(NEWEST, fields) });
    expect('polluted' in {}).toBe(false);
  });

  it('BODY-08 no list is an empty one', async () => {
    gateway.emulator.inject({
      kind: 'rewrite',
      rewrite: () => ({ asyncInvokeSummaries: null }),
    });
    const { data, errors } = await gateway.query(LIST, { first: 10 });
    expect([nodesOf(data), errors]).toEqual([[], []]);
  });

  it('BODY-09 a null record is a null node', async () => {
    gateway.emulator.inject({
      kind: 'rewrite',
      rewrite: ({ asyncInvokeSummaries: [, ...rest] = [] }) => ({
        asyncInvokeSummaries: [null, ...rest],
      }),
    });
    const { data, errors } = await gateway.query(LIST, { first: 10 });
    expect([nodesOf(data), errors]).toEqual([[null, whole(OLDEST)], []]);
  });

  it('an answer about another invocation is not taken for the one asked for', async () => {
    gateway.emulator.inject({
      kind: 'rewrite',
      rewrite: (job) => ({ ...job, invocationArn: OLDEST }),
    });
    const { errors } = await gateway.query(GET, { arn: NEWEST });
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_GATEWAY']);
  });
});
