import { addJob, countOpen, useSubscriptions } from '../../harness/subscriptions.ts';
import { waitFor } from '../../harness/wait-for.ts';

const { start, subscribe } = useSubscriptions();

describe('a subscription', () => {
  it('sends jobs in progress first, then every change once, and new jobs', async () => {
    const served = await start();
    served.emulator.addJob({ submitTime: 1, endTime: 2 });
    const [first, second] = [addJob(served), addJob(served)];
    const subscriber = subscribe(served);
    await subscriber.waitForResults(2);
    expect(new Set(subscriber.changes.map(({ invocationArn }) => invocationArn))).toEqual(
      new Set([first.arn, second.arn]),
    );
    first.end();
    await waitFor(() => subscriber.statusesOf(first.arn).length === 2);
    const third = addJob(served);
    await waitFor(() => subscriber.statusesOf(third.arn).length === 1);
    expect(subscriber.statusesOf(first.arn)).toEqual(['IN_PROGRESS', 'COMPLETED']);
    expect(subscriber.statusesOf(second.arn)).toEqual(['IN_PROGRESS']);
    expect(subscriber.results).toHaveLength(4);
  });

  it.each([
    ['responses', '{ asyncInvokes(first: 3) { edges { node { status } } } }'],
    ['pages', '{ asyncInvokes(first: 3) { edges { cursor node { status } } } }'],
  ])('sends no change that cached %s do not show', async (_what, secondQuery) => {
    const served = await start({ variables: { LIST_CACHE_TTL_MS: '60000' } });
    const statuses = async (query: string) =>
      JSON.stringify((await served.query(query)).data).match(/IN_PROGRESS|COMPLETED/g);
    const job = addJob(served);
    const subscriber = subscribe(served);
    await subscriber.waitForResults(1);
    const list = '{ asyncInvokes(first: 3) { edges { node { status } } } }';
    expect(await statuses(list)).toEqual(['IN_PROGRESS']);
    job.end();
    await waitFor(() => subscriber.statusesOf(job.arn).includes('COMPLETED'));
    expect(await statuses(secondQuery)).toEqual(['COMPLETED']);
  });

  it('returns the same as a query in every field', async () => {
    const fields = `id invocationArn modelArn modelId clientRequestToken status rawStatus failureMessage submitTime
      lastModifiedTime endTime durationSeconds region accountId
      outputDataConfig { __typename ... on AsyncInvokeS3OutputDataConfig { s3Uri bucket keyPrefix } }`;
    const served = await start();
    const { arn } = addJob(served);
    const query = `subscription ($arn: AwsArn!) { job: asyncInvokeChanged(invocationArns: [$arn]) { ${fields} } }`;
    const subscriber = subscribe(served, { arn }, { query });
    await subscriber.waitForResults(1);
    const queried = await served.query(
      `query ($arn: AwsArn!) { job: asyncInvoke(invocationArn: $arn) { ${fields} } }`,
      { arn },
    );
    expect(subscriber.results[0]?.data).toEqual(queried.data);
  });

  it('by ARN sends each job in any state, and ends when all jobs have ended', async () => {
    const served = await start();
    const ended = served.emulator.addJob({ endTime: Date.now() - 1000, outcome: 'Failed' });
    const running = addJob(served);
    addJob(served);
    const subscriber = subscribe(served, { arns: [ended.invocationArn, running.arn] });
    await subscriber.waitForResults(2);
    running.end();
    await waitFor(() => subscriber.ended);
    expect(subscriber.statusesOf(ended.invocationArn)).toEqual(['FAILED']);
    expect(subscriber.statusesOf(running.arn)).toEqual(['IN_PROGRESS', 'COMPLETED']);
    expect(subscriber.error).toBeUndefined();
    expect(await countOpen(served)).toBe(0);
  });

  it.each([
    ['no job', []],
    [
      'a job of another Region',
      ['arn:aws:bedrock:eu-west-1:111122223333:async-invoke/abcdefghijkl'],
    ],
    [
      'a job of another account',
      ['arn:aws:bedrock:us-east-1:999999999999:async-invoke/abcdefghijkl'],
    ],
  ])('for %s ends at once, without a call', async (_what, arns) => {
    const served = await start();
    const subscriber = subscribe(served, { arns });
    await waitFor(() => subscriber.ended);
    expect(subscriber.results).toEqual([]);
    expect(served.emulator.counts.received).toBe(0);
  });

  it('sends a change only if the job matches the filter after the change', async () => {
    const served = await start();
    const before = addJob(served, { submitTime: Date.now() - 120_000 });
    const after = addJob(served);
    const submitTimeAfter = new Date(Date.now() - 60_000).toISOString();
    const recent = subscribe(served, { filter: { submitTimeAfter } });
    const completed = subscribe(served, { filter: { statusEquals: 'COMPLETED' } });
    await recent.waitForResults(1);
    before.end();
    await completed.waitForResults(1);
    after.end();
    await completed.waitForResults(2);
    await recent.waitForResults(2);
    expect(completed.changes).toEqual(
      [before, after].map(({ arn }) => ({ invocationArn: arn, status: 'COMPLETED' })),
    );
    expect(recent.changes.map(({ invocationArn }) => invocationArn)).toEqual([
      after.arn,
      after.arn,
    ]);
  });

  it('sends nothing while the upstream fails, and the missed changes afterwards', async () => {
    const served = await start({ variables: { UPSTREAM_MAX_ATTEMPTS: '1' } });
    const job = addJob(served);
    const subscriber = subscribe(served);
    await subscriber.waitForResults(1);
    const fault = served.emulator.inject({
      kind: 'error',
      type: 'ThrottlingException',
      status: 429,
    });
    const failures = () =>
      served.logLines.filter((line) => line.includes('polling for changes failed'));
    await waitFor(() => failures().length >= 3);
    job.end();
    const added = addJob(served);
    fault.clear();
    await subscriber.waitForResults(3);
    expect(subscriber.statusesOf(job.arn)).toEqual(['IN_PROGRESS', 'COMPLETED']);
    expect(subscriber.statusesOf(added.arn)).toEqual(['IN_PROGRESS']);
    expect(subscriber.error).toBeUndefined();
    await waitFor(() =>
      served.logLines.some((line) => line.includes('polling for changes recovered')),
    );
  });

  it('survives an upstream that is unreachable for a while', async () => {
    const served = await start({ variables: { UPSTREAM_MAX_ATTEMPTS: '1' } });
    addJob(served);
    const subscriber = subscribe(served);
    await subscriber.waitForResults(1);
    const fault = served.emulator.inject({ kind: 'reset' });
    await waitFor(() =>
      served.logLines.some((line) => line.includes('polling for changes failed')),
    );
    fault.clear();
    const added = addJob(served);
    await waitFor(() => subscriber.statusesOf(added.arn).length === 1);
    expect(subscriber.connections).toBe(1);
  });
});
