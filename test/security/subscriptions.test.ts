import { type Issuer, startIssuer } from '../harness/issuer.ts';
import { useSubscriptions } from '../harness/subscriptions.ts';
import { waitFor } from '../harness/wait-for.ts';

const { start, subscribe } = useSubscriptions();

let issuer: Issuer;
beforeAll(async () => {
  issuer = await startIssuer();
});
afterAll(() => issuer.stop());

const unknownArns = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => {
    const id = (from + n).toString(36).padStart(12, '0');
    return `arn:aws:bedrock:us-east-1:111122223333:async-invoke/${id}`;
  });

async function connectionParamsOf(sub: string) {
  return { connectionParams: { authorization: `Bearer ${await issuer.sign({ sub })}` } };
}

const isGet = ({ operation }: { readonly operation: string }) => operation === 'GetAsyncInvoke';

describe('a subscriber with many names', () => {
  it('S5 does not delay the lookup of the name of another subscriber', async () => {
    const served = await start({
      variables: { ...issuer.variables, POLL_INTERVAL_MIN_MS: '100' },
      emulator: { jobs: 3, knobs: { latencyMs: 5 } },
    });
    const greedy = await connectionParamsOf('greedy');
    for (let n = 0; n < 10; n += 1) {
      subscribe(served, { arns: unknownArns(n * 100, 100) }, greedy);
    }
    const gets = () => served.emulator.requests.filter(isGet).length;
    await waitFor(() => gets() > 50);
    const before = gets();
    const [job] = served.emulator.jobs();
    const arn = job?.invocationArn ?? '';
    const other = subscribe(served, { arns: [arn] }, await connectionParamsOf('other'));
    await other.waitForResults(1);
    expect(other.changes.map(({ invocationArn }) => invocationArn)).toEqual([arn]);
    // The lookups of the poll that was running, and of the next one.
    expect(gets() - before).toBeLessThanOrEqual(210);
  });

  it('S5 does not delay the changes that lists show', async () => {
    const served = await start({
      variables: { ...issuer.variables, POLL_INTERVAL_MIN_MS: '100' },
      emulator: { knobs: { latencyMs: 5 } },
    });
    const listener = subscribe(served, {}, await connectionParamsOf('other'));
    await waitFor(() => served.emulator.requests.length > 0);
    const greedy = await connectionParamsOf('greedy');
    for (let n = 0; n < 10; n += 1) {
      subscribe(served, { arns: unknownArns(n * 100, 100) }, greedy);
    }
    const gets = () => served.emulator.requests.filter(isGet).length;
    await waitFor(() => gets() > 50);
    const before = gets();
    served.emulator.addJob({ endTime: Date.now() + 3_600_000 });
    await listener.waitForResults(1);
    expect(gets() - before).toBeLessThanOrEqual(110);
  });

  it('S5 names at most MAX_SUBSCRIBED_ARNS_PER_CALLER, in all its subscriptions', async () => {
    const served = await start({
      variables: { ...issuer.variables, MAX_SUBSCRIBED_ARNS_PER_CALLER: '150' },
    });
    const greedy = await connectionParamsOf('greedy');
    const first = subscribe(served, { arns: unknownArns(0, 100) }, greedy);
    await waitFor(() => served.emulator.requests.length > 0);
    const error = await subscribe(served, { arns: unknownArns(100, 51) }, greedy).waitForError();
    expect(error).toMatchObject([
      {
        extensions: {
          code: 'RATE_LIMITED',
          limit: 'MAX_SUBSCRIBED_ARNS_PER_CALLER',
          max: 150,
          retryable: true,
        },
      },
    ]);
    const other = await connectionParamsOf('other');
    const accepted = [
      subscribe(served, { arns: unknownArns(100, 50) }, greedy),
      subscribe(served, { arns: unknownArns(200, 100) }, other),
    ];
    await waitFor(() => accepted.every(({ connections }) => connections === 1));
    first.unsubscribe();
    subscribe(served, { arns: unknownArns(300, 100) }, greedy);
    await waitFor(() => served.emulator.requests.filter(isGet).length >= 350);
    expect(accepted.map((each) => each.error)).toEqual([undefined, undefined]);
  });
});
