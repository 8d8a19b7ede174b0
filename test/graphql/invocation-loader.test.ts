import { NO_DEADLINE as call } from '../harness/test-call.ts';
import { graphql } from 'graphql';
import { InvocationLoader } from '../../src/graphql/invocation-loader.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import { invocation, MemorySource } from '../harness/memory-source.ts';

const row = (region: string, id: number) => invocation(region, { id, submitTime: id });
const arnOf = (region: string, id: number) => row(region, id).invocationArn;

function setUp(count = 3) {
  const ids = Array.from({ length: count }, (_, id) => id);
  const [east, west] = ['us-east-1', 'us-west-2'].map(
    (region) =>
      new MemorySource(
        region,
        ids.map((id) => row(region, id)),
      ),
  );
  if (!east || !west) throw new Error('two sources');
  return { east, west, loader: new InvocationLoader([east, west], call) };
}

describe('the loader of one request', () => {
  it('asks each Region for its own, and keeps the order', async () => {
    const { east, west, loader } = setUp();
    const arns = [arnOf('us-west-2', 1), arnOf('us-east-1', 2), arnOf('us-east-1', 0)];
    const loaded = await Promise.all(arns.map((arn) => loader.load(arn)));
    expect(loaded.map((each) => each?.invocationArn)).toEqual(arns);
    expect([east.calls, west.calls]).toEqual([2, 1]);
  });

  it('counts the rule about lists for each Region by itself', async () => {
    const { east, west, loader } = setUp(10);
    const ids = Array.from({ length: 10 }, (_, id) => id);
    await Promise.all(ids.map((id) => loader.load(arnOf('us-east-1', id))));
    expect([east.calls, west.calls]).toEqual([1, 0]);
    await Promise.all(ids.slice(1).map((id) => loader.load(arnOf('us-west-2', id))));
    expect([east.calls, west.calls]).toEqual([1, 9]);
  });

  it('asks nobody for what no source serves', async () => {
    const { east, west, loader } = setUp();
    expect(await loader.load(arnOf('eu-west-1', 0))).toBeNull();
    expect([east.calls, west.calls]).toEqual([0, 0]);
  });

  it('does not read again what a list of the request has shown, unless the list left out its status', async () => {
    const { east, loader } = setUp();
    const [shown, bare] = [row('us-east-1', 0), { ...row('us-east-1', 1), status: null }];
    loader.remember([shown, null, bare]);
    expect(await loader.load(shown.invocationArn)).toBe(shown);
    expect(east.calls).toBe(0);
    expect(await loader.load(bare.invocationArn)).toEqual(row('us-east-1', 1));
    expect(east.calls).toBe(1);
  });

  it('counts for the rule only what is not known', async () => {
    const { east, loader } = setUp(10);
    const rows = Array.from({ length: 10 }, (_, id) => row('us-east-1', id));
    loader.remember(rows.slice(0, 1));
    const loaded = await Promise.all(rows.map(({ invocationArn }) => loader.load(invocationArn)));
    expect(loaded).toEqual(rows);
    expect(east.calls).toBe(9);
  });

  it('is shown what a connection of the request has read', async () => {
    const { east, loader } = setUp();
    const contextValue = {
      sources: [east],
      invocations: loader,
      isSpent: () => false,
      call,
      mayRead: true,
    };
    const schema = createSchema('standalone');
    await graphql({ schema, contextValue, source: '{ asyncInvokes { nodes { id } } }' });
    const arn = arnOf('us-east-1', 2);
    const source = `{ asyncInvoke(invocationArn: "${arn}") { invocationArn } }`;
    const { data } = await graphql({ schema, contextValue, source });
    expect(data).toEqual({ asyncInvoke: { invocationArn: arn } });
    expect(east.calls).toBe(1);
  });

  it('does not read what a list has shown by the time that it is its turn', async () => {
    const rows = Array.from({ length: 9 }, (_, id) => row('us-east-1', id));
    const { promise, resolve } = Promise.withResolvers<undefined>();
    class SlowSource extends MemorySource {
      override async get(invocationArn: string) {
        await promise;
        return super.get(invocationArn);
      }
    }
    const source = new SlowSource('us-east-1', rows);
    const loader = new InvocationLoader([source], call);
    const loads = rows.map(({ invocationArn }) => loader.load(invocationArn));
    await new Promise(setImmediate);
    loader.remember(rows);
    resolve(undefined);
    expect(await Promise.all(loads)).toEqual(rows);
    expect(source.calls).toBe(8);
  });

  it('asks nobody for an ARN of another partition', async () => {
    const { east, loader } = setUp();
    expect(await loader.load(arnOf('us-east-1', 0).replace('arn:aws:', 'arn:aws-cn:'))).toBeNull();
    expect(east.calls).toBe(0);
  });

  it('takes what its own list has shown beyond what was asked for', async () => {
    const { east, loader } = setUp(12);
    const ids = Array.from({ length: 10 }, (_, id) => id);
    await Promise.all(ids.map((id) => loader.load(arnOf('us-east-1', id))));
    expect(await loader.load(arnOf('us-east-1', 11))).toEqual(row('us-east-1', 11));
    expect(east.calls).toBe(1);
  });
});
