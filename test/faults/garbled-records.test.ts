import { type Gateway, startGateway } from '../harness/gateway.ts';
import { codesOf } from '../harness/graphql-client.ts';
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
  /** Changes the record of the newest invocation. */
  readonly change: (record: Wire) => Wire;
  /** The resulting fields. Null if the record has no identity. */
  readonly fields: object | null;
}

const ROWS: readonly Row[] = [
  {
    id: 'BODY-10 an invalid time',
    change: (job) => ({ ...job, submitTime: 'not-a-date' }),
    fields: { submitTime: null, durationSeconds: null, status: 'COMPLETED' },
  },
  {
    id: 'BODY-12 an unknown status',
    change: (job) => ({ ...job, status: 'Cancelled' }),
    fields: { status: 'UNKNOWN', rawStatus: 'Cancelled' },
  },
  {
    id: 'BODY-13 a missing status',
    change: ({ status: _status, ...job }) => job,
    fields: { status: null, rawStatus: null },
  },
  {
    id: 'BODY-14 a missing ARN',
    change: ({ invocationArn: _arn, ...job }) => job,
    fields: null,
  },
  {
    id: 'BODY-14 an ARN of another service',
    change: (job) => ({ ...job, invocationArn: 'arn:aws:s3:::bucket' }),
    fields: null,
  },
  {
    id: 'BODY-16 an empty output configuration',
    change: (job) => ({ ...job, outputDataConfig: {} }),
    fields: { outputDataConfig: null },
  },
  {
    id: 'BODY-16 an unknown output configuration',
    change: (job) => ({ ...job, outputDataConfig: { glacierOutput: { vault: 'v' } } }),
    fields: {
      outputDataConfig: {
        __typename: 'AsyncInvokeUnknownOutputDataConfig',
        memberName: 'glacierOutput',
      },
    },
  },
  {
    id: 'an invalid output configuration',
    change: (job) => ({ ...job, outputDataConfig: { s3OutputDataConfig: { s3Uri: 7 } } }),
    fields: { outputDataConfig: null },
  },
  {
    id: 'an invalid model ARN',
    change: (job) => ({ ...job, modelArn: 'luma' }),
    fields: { modelArn: null, modelId: null },
  },
  {
    id: 'BODY-17 a __proto__ member',
    change: (job) =>
      JSON.parse(`{"__proto__":{"polluted":1},${JSON.stringify(job).slice(1)}`) as Wire,
    fields: { status: 'COMPLETED' },
  },
];

const whole = (invocationArn: string, fields: object = {}) =>
  expect.objectContaining({ invocationArn, ...fields }) as unknown;

const nodesOf = (data: Wire | null | undefined) => (data?.asyncInvokes as PageJson).nodes;

describe('an invalid record', () => {
  it.each(ROWS)('$id affects only its own field in a list', async ({ change, fields }) => {
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

  it.each(ROWS)('$id affects only its own field of an invocation', async ({ change, fields }) => {
    gateway.emulator.inject({ kind: 'rewrite', rewrite: change });
    const { data, errors } = await gateway.query(WHOLE_JOB, { arn: NEWEST });
    // A record without an identity is not the requested invocation.
    expect(codesOf({ errors })).toEqual(fields ? [] : ['BAD_GATEWAY']);
    expect(data).toEqual({ asyncInvoke: fields && whole(NEWEST, fields) });
    expect('polluted' in {}).toBe(false);
  });

  it('BODY-08 a list of null is an empty list', async () => {
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

  it('a response about another invocation is BAD_GATEWAY', async () => {
    gateway.emulator.inject({
      kind: 'rewrite',
      rewrite: (job) => ({ ...job, invocationArn: OLDEST }),
    });
    const { errors } = await gateway.query(GET, { arn: NEWEST });
    expect(codesOf({ errors })).toEqual(['BAD_GATEWAY']);
  });
});
